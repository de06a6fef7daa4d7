using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Tests.Orders;

public sealed class CurrenciesTests
{
    [Theory]
    [InlineData("CLP", 0)]
    [InlineData("EUR", 2)]
    [InlineData("KWD", 3)]
    [InlineData("CLF", 4)]
    [InlineData("XYZ", 2)]
    public void Currency_has_the_digits_that_the_standard_gives_it(string currency, int digits) => Assert.Equal(digits, Currencies.MinorDigits(currency));
}
