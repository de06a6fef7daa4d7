// The rules helper deletes this file when OrderLifecycle and AddressNormaliser land.
namespace Crossdock.Model.Geography { static class AddressNormaliser { public static Crossdock.Model.Orders.Address Normalise(Crossdock.Model.Orders.Address a) => a; } }
namespace Crossdock.Orders { static class OrderLifecycle { public static bool CanMove(Crossdock.Model.Orders.OrderState a, Crossdock.Model.Orders.OrderState b) => true; } }
