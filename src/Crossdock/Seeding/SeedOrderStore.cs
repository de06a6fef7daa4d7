using System.Globalization;
using System.Security.Cryptography;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Seeding;

/// <summary>Writes made-up orders in bulk with everything that stands beside an order.</summary>
internal sealed class SeedOrderStore(NpgsqlDataSource database, IReadOnlyList<int> stores, IReadOnlyList<int> destinations)
{
    internal const int BatchOrders = 2_000;

    private const string CopyOrders = """
        COPY orders (id, connection_id, external_id, number, state, state_because, state_changed_at, held, payment_status, fulfilment_status, platform_status,
            placed_at, source_updated_at, event_id, content_hash, currency, total, customer_name, customer_email, ship_country, ship_region,
            rules_version, version, generation, created_at, updated_at, document) FROM STDIN (FORMAT BINARY)
        """;

    private const string CopyDeliveries = """
        COPY deliveries (id, order_id, connection_id, destination_id, kind, generation, state, attempts, next_attempt_at, remote_id, last_error, created_at, done_at) FROM STDIN (FORMAT BINARY)
        """;

    private const string CopyAttempts = """
        COPY attempts (id, delivery_id, order_id, destination_id, number, purpose, outcome, because, status, elapsed_ms, method, url, request_headers, request_body, response_headers, response_body) FROM STDIN (FORMAT BINARY)
        """;

    private const string CopyHolds = "COPY holds (id, order_id, connection_id, code, reason, opened_at, opened_by) FROM STDIN (FORMAT BINARY)";

    private const string CopyShipments = """
        COPY shipments (order_id, destination_id, connection_id, remote_id, state, word, said_at, carrier, tracking_number, created_at, updated_at) FROM STDIN (FORMAT BINARY)
        """;

    /// <summary>One batch in one transaction.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, CopyRows rows, IReadOnlyList<(int Place, SeededOrder Order)> batch, CancellationToken cancellationToken)
    {
        var made = batch.Select(one => new Made(one.Order, Id(one.Order.ArrivedAt, one.Place, 0), stores[one.Order.Store], Deliveries(one.Order, one.Place))).ToList();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await OrdersAsync(connection, rows, made, cancellationToken);
        await OrderStore.AppendTimelineAsync(connection, [.. made.SelectMany((one, index) => Timeline(one, batch[index].Place))], rows, cancellationToken);
        await DeliveriesAsync(connection, rows, made, cancellationToken);
        await AttemptsAsync(connection, rows, made, cancellationToken);
        await HoldsAsync(connection, rows, made, cancellationToken);
        await ShipmentsAsync(connection, rows, made, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => await database.OpenConnectionAsync(cancellationToken);

    private static async Task OrdersAsync(NpgsqlConnection connection, CopyRows rows, List<Made> made, CancellationToken cancellationToken)
    {
        rows.Begin();
        foreach (var one in made)
        {
            var order = one.Seeded.Order;
            byte[] document = OrderJson.Write(order);
            rows.Row(27);
            rows.Uuid(one.Id);
            rows.Int(one.Store);
            rows.Text(order.ExternalId);
            rows.Text(order.Number);
            rows.Text(EnumNames<OrderState>.Of(one.Seeded.State));
            rows.Text(one.Seeded.State switch
            {
                OrderState.Excluded => "the region is not ours",
                OrderState.AwaitingApproval => "the store wants a person to approve it",
                OrderState.AwaitingPayment => "the shop waits for the money",
                _ => null,
            });
            rows.Time(one.ChangedAt);
            rows.Bool(one.Seeded.Hold is not null);
            rows.Text(EnumNames<PaymentStatus>.Of(order.PaymentStatus));
            rows.Text(EnumNames<FulfilmentStatus>.Of(order.FulfilmentStatus));
            rows.Text(order.PlatformStatus);
            rows.Time(order.PlacedAt);
            rows.Time(one.Seeded.ArrivedAt);
            rows.Uuid(one.Id);
            rows.Uuid(new Guid(Hash(document)));
            rows.Text(order.Currency);
            rows.Numeric(order.Totals.Total.Amount);
            rows.Text(order.Customer?.Name ?? order.ShipTo?.Name);
            rows.Text(order.Customer?.Email);
            rows.Text(order.ShipTo?.Country);
            rows.Text(order.ShipTo?.Region);
            rows.Int(0);
            rows.Int(one.Seeded.Delivery is null ? 1 : 2);
            rows.Int(1);
            rows.Time(one.Seeded.ArrivedAt);
            rows.Time(one.ChangedAt);
            rows.Bytes(document);
        }

        await rows.CopyAsync(connection, CopyOrders, cancellationToken);
    }

    private static async Task DeliveriesAsync(NpgsqlConnection connection, CopyRows rows, List<Made> made, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyDeliveries, cancellationToken);
        foreach (var one in made)
        {
            foreach (var delivery in one.Deliveries)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(delivery.Id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(one.Id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(one.Store, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(delivery.Destination, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync("create", NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(1, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(EnumNames<DeliveryState>.Of(delivery.State), NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync((short)(delivery.State is DeliveryState.Waiting ? 0 : 1), NpgsqlDbType.Smallint, cancellationToken);
                await copy.WriteAsync(delivery.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
                await TextAsync(copy, delivery.RemoteId, cancellationToken);
                await TextAsync(copy, delivery.State is DeliveryState.Dead ? one.Seeded.Refusal : null, cancellationToken);
                await copy.WriteAsync(one.Seeded.ArrivedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
                if (delivery.State is DeliveryState.Waiting)
                {
                    await copy.WriteNullAsync(cancellationToken);
                }
                else
                {
                    await copy.WriteAsync(delivery.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
                }
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task AttemptsAsync(NpgsqlConnection connection, CopyRows rows, List<Made> made, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyAttempts, cancellationToken);
        foreach (var one in made)
        {
            foreach (var delivery in one.Deliveries.Where(delivery => delivery.State is not DeliveryState.Waiting))
            {
                bool isTaken = delivery.State is DeliveryState.Delivered;
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(delivery.AttemptId, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(delivery.Id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(one.Id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(delivery.Destination, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync((short)1, NpgsqlDbType.Smallint, cancellationToken);
                await copy.WriteAsync("send", NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(isTaken ? "delivered" : "rejected", NpgsqlDbType.Text, cancellationToken);
                await TextAsync(copy, isTaken ? null : one.Seeded.Refusal, cancellationToken);
                await copy.WriteAsync(isTaken ? 201 : 422, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(one.Seeded.ElapsedMs, NpgsqlDbType.Integer, cancellationToken);
                await TextAsync(copy, "POST", cancellationToken);
                await TextAsync(copy, "https://seed.invalid/shipments", cancellationToken);
                await TextAsync(copy, "Content-Type: application/json", cancellationToken);
                await TextAsync(copy, $"{{\"reference\":\"{one.Id}\",\"number\":\"{one.Seeded.Order.Number}\"}}", cancellationToken);
                await TextAsync(copy, "Content-Type: application/json", cancellationToken);
                await TextAsync(copy, isTaken ? $"{{\"id\":\"{delivery.RemoteId}\"}}" : $"{{\"error\":\"{one.Seeded.Refusal}\"}}", cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task HoldsAsync(NpgsqlConnection connection, CopyRows rows, List<Made> made, CancellationToken cancellationToken)
    {
        rows.Begin();
        foreach (var one in made.Where(one => one.Seeded.Hold is not null))
        {
            rows.Row(7);
            rows.Uuid(one.Id);
            rows.Uuid(one.Id);
            rows.Int(one.Store);
            rows.Text("rule");
            rows.Text(one.Seeded.Hold);
            rows.Time(one.Seeded.ArrivedAt);
            rows.Text("crossdock");
        }

        await rows.CopyAsync(connection, CopyHolds, cancellationToken);
    }

    private static async Task ShipmentsAsync(NpgsqlConnection connection, CopyRows rows, List<Made> made, CancellationToken cancellationToken)
    {
        rows.Begin();
        foreach (var one in made.Where(one => one.Seeded.Tracking is not null && one.Deliveries.Count > 0))
        {
            rows.Row(11);
            rows.Uuid(one.Id);
            rows.Int(one.Deliveries[0].Destination);
            rows.Int(one.Store);
            rows.Text(one.Deliveries[0].RemoteId);
            rows.Text(one.Seeded.State is OrderState.InShipment ? "in_shipment" : "delivered");
            rows.Text(one.Seeded.State is OrderState.InShipment ? "in_transit" : "delivered");
            rows.Time(one.ChangedAt);
            rows.Text(SeedWords.Carriers[0]);
            rows.Text(one.Seeded.Tracking);
            rows.Time(one.Seeded.ArrivedAt);
            rows.Time(one.ChangedAt);
        }

        await rows.CopyAsync(connection, CopyShipments, cancellationToken);
    }

    private static IEnumerable<TimelineWrite> Timeline(Made one, int place)
    {
        var (seeded, at) = (one.Seeded, one.Seeded.ArrivedAt);
        List<TimelineEntry> first = [new(at, TimelineKind.Received, "store", $"Received order {seeded.Order.Number}."), new(at, TimelineKind.State, "crossdock", OrderSentences.Became(null, seeded.Delivery is null ? seeded.State : OrderState.Approved))];
        if (seeded.Hold is not null)
        {
            first.Add(new(at, TimelineKind.Held, "crossdock", "Held for a person.", seeded.Hold));
        }

        first.AddRange(one.Deliveries.Select(delivery => new TimelineEntry(at, TimelineKind.Planned, "crossdock", $"To be sent to {SeedPlan.Destinations[delivery.Number].Key}.", null, delivery.Id)));
        yield return new TimelineWrite(Id(at, place, 1), new OrderId(one.Id), new ConnectionId(one.Store), first);
        if (one.Deliveries.Any(delivery => delivery.State is not DeliveryState.Waiting))
        {
            List<TimelineEntry> then = [.. one.Deliveries.Select(delivery => new TimelineEntry(delivery.At, TimelineKind.Delivery, $"destination {SeedPlan.Destinations[delivery.Number].Key}",
                delivery.State is DeliveryState.Delivered ? $"{SeedPlan.Destinations[delivery.Number].Name} has it as {delivery.RemoteId}." : $"{SeedPlan.Destinations[delivery.Number].Name} refused it; it is not tried again.", delivery.State is DeliveryState.Delivered ? null : seeded.Refusal, delivery.Id))];
            if (seeded.State is not OrderState.Approved)
            {
                then.Add(new(one.ChangedAt, TimelineKind.State, "crossdock", OrderSentences.Became(OrderState.Approved, seeded.State)));
            }

            yield return new TimelineWrite(Id(one.ChangedAt, place, 2), new OrderId(one.Id), new ConnectionId(one.Store), then);
        }
    }

    private List<MadeDelivery> Deliveries(SeededOrder order, int place)
    {
        if (order.Delivery is not { } state)
        {
            return [];
        }

        var at = order.ArrivedAt.AddSeconds(2);
        List<MadeDelivery> all = [new(0, destinations[0], Id(order.ArrivedAt, place, 3), Id(at, place, 4), state, state is DeliveryState.Delivered ? "SHP" + (700_000 + place).ToString(CultureInfo.InvariantCulture) : null, at)];
        if (SeedPlan.Stores[order.Store].IsInvoiced)
        {
            all.Add(new(2, destinations[2], Id(order.ArrivedAt, place, 5), Id(at, place, 6), state is DeliveryState.Waiting ? state : DeliveryState.Delivered, state is DeliveryState.Waiting ? null : "F" + (20_000 + place).ToString(CultureInfo.InvariantCulture), at));
        }

        return all;
    }

    // A UUIDv7 of the moment whose random part is the order's place: the same seed gives the same ids.
    private static Guid Id(DateTimeOffset at, int place, byte kind)
    {
        Span<byte> bytes = stackalloc byte[16];
        QueryReading.Floor(at).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6] = 0x70;
        bytes[8] = (byte)(0x80 | kind);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[12..], place);
        return new Guid(bytes, bigEndian: true);
    }

    private static byte[] Hash(byte[] document) => SHA256.HashData(document)[..16];

    private static Task TextAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellationToken) =>
        text is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);

    private sealed record Made(SeededOrder Seeded, Guid Id, int Store, List<MadeDelivery> Deliveries)
    {
        public DateTimeOffset ChangedAt { get; } = Seeded.State switch
        {
            OrderState.InShipment => Seeded.ArrivedAt.AddHours(20) is var at && at < Seeded.ArrivedAt.AddDays(1) ? at : Seeded.ArrivedAt,
            OrderState.Delivered => Seeded.ArrivedAt.AddDays(3),
            OrderState.Closed => Seeded.ArrivedAt.AddDays(20),
            OrderState.Cancelled => Seeded.ArrivedAt.AddHours(3),
            _ => Seeded.ArrivedAt.AddSeconds(2),
        };
    }

    private sealed record MadeDelivery(int Number, int Destination, Guid Id, Guid AttemptId, DeliveryState State, string? RemoteId, DateTimeOffset At);
}
