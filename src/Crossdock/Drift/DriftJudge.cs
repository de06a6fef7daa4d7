using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Drift;

/// <summary>Something worth telling that does not make an order wrong by itself.</summary>
internal sealed record DriftReport(string Id, string Path, DriftChange Change, string Was, string Came, string? Example, string Sentence, Guid? EventId);

/// <summary>What is worth telling of what was learned. Works on the counts of all nodes together; changes only which news are still open.</summary>
internal static class DriftJudge
{
    // A field that a twentieth of the documents has is no rarity; one that comes now and then was always possible.
    private const double NewShare = 0.05;
    private const double WordShare = 0.005;
    private const double UsualShare = 0.98;
    private const long Patience = 20_000;
    private const int MostAtOnce = 20;

    /// <summary>Judges. What is told leaves the news; what turns out to be rare does so too.</summary>
    /// <param name="stored">What is known.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="options">How many documents make something new, or missing.</param>
    /// <param name="isBack">Gets the ids of what was told missing and is there again.</param>
    public static List<DriftReport> Judge(StoredShape stored, string topic, DriftOptions options, List<string> isBack)
    {
        var reports = new List<DriftReport>();
        var byPath = new Dictionary<string, StoredField>(StringComparer.Ordinal);
        stored.Fields.ForEach(field => byPath.TryAdd(field.P, field));
        stored.News.RemoveAll(one => !byPath.TryGetValue(one.P, out var field) || (reports.Count < MostAtOnce && News(stored, one, field, topic, options, reports)));
        foreach (var field in stored.Fields)
        {
            Missing(stored, field, topic, options, reports, isBack);
        }

        foreach (var field in stored.Fields.Where(field => field.M && !field.R && field.K[(int)ShapeKind.Object] > 0 && field.P.Length > 0))
        {
            field.R = true;
            if (stored.Documents < options.LearnDocuments)
            {
                // That is how this store's documents are.
                continue;
            }

            reports.Add(new DriftReport(ShapeBook.Id(topic, field.P, DriftChange.Crowded, ""), field.P, DriftChange.Crowded, $"up to {ShapeBook.MostNames} names", "more names than that", null,
                $"{field.P} has held more than {ShapeBook.MostNames} different names: they are taken for data and not watched one by one any more.", null));
        }

        if (stored.IsFull)
        {
            reports.Add(new DriftReport(ShapeBook.Id(topic, "", DriftChange.Crowded, ""), "", DriftChange.Crowded, $"up to {Number(options.Fields)} different fields", "more", null,
                $"The documents have more than {Number(options.Fields)} different fields: those that came first are watched, the others are not.", null));
        }

        return reports;
    }

    private static bool News(StoredShape stored, StoredNews one, StoredField field, string topic, DriftOptions options, List<DriftReport> reports)
    {
        long since = Math.Max(1, (field.U < 0 ? stored.Documents : stored.Fields[field.U].K[(int)ShapeKind.Object]) - one.A);
        var change = EnumNames<DriftChange>.Parse(one.C) ?? DriftChange.New;
        var kind = change is DriftChange.Type ? EnumNames<ShapeKind>.Parse(one.D) : null;
        long seen = change switch
        {
            DriftChange.Type => kind is { } came ? field.K[(int)came] : 0,
            DriftChange.Value => field.V.Find(word => word.W == one.D)?.N ?? 0,
            _ => field.Seen,
        };
        bool isWord = change is DriftChange.Value;
        if (isWord && field.F)
        {
            return true;
        }

        if (seen < (isWord ? Math.Min(3, options.NewDocuments) : options.NewDocuments) || (double)seen / since < (isWord ? WordShare : NewShare))
        {
            return since > Patience;
        }

        string id = ShapeBook.Id(topic, one.P, change, one.D);
        string often = $"seen {Number(seen)} times in the {Number(Math.Max(since + 1, seen))} documents since it first came";
        reports.Add(change switch
        {
            DriftChange.Type => new DriftReport(id, one.P, change, $"{Kinds(field, kind)}, {Number(one.S)} times", ShapeKinds.Words(kind!.Value), one.X, $"{one.P} now also comes as {ShapeKinds.Words(kind.Value)}, for example {one.X}; until then it was {Kinds(field, kind)} ({often}).", one.E),
            DriftChange.Value => new DriftReport(id, one.P, change, $"{string.Join(", ", field.V.Where(word => word.W != one.D).Take(12).Select(word => word.W))}, {Number(one.S)} times", one.D, one.X,
                $"{one.P} has a new word: {one.D}. Until then it was {string.Join(" or ", field.V.Where(word => word.W != one.D).Take(6).Select(word => word.W))} ({often}).", one.E),
            _ => new DriftReport(id, one.P, change, "not there", Kinds(field, null), one.X, $"There is a new field {one.P}: {Kinds(field, null)}, for example {one.X} ({often}).", one.E),
        });
        return true;
    }

    private static void Missing(StoredShape stored, StoredField field, string topic, DriftOptions options, List<DriftReport> reports, List<string> isBack)
    {
        bool isWatched = field.U >= 0 && !field.M && field.N is not ("[]" or "*") && !field.N.StartsWith('=') && !(field.Pr > 0 && field.Ab == 0);
        if (!isWatched)
        {
            return;
        }

        string id = ShapeBook.Id(topic, field.P, DriftChange.Missing, "");
        if (field.R && field.S < options.MissingDocuments)
        {
            field.R = false;
            isBack.Add(id);
            return;
        }

        long objects = stored.Fields[field.U].K[(int)ShapeKind.Object];
        long before = objects - field.S;
        if (field.R || field.S < options.MissingDocuments || before < options.LearnDocuments || field.Seen < UsualShare * before || stored.Fields[field.U].M)
        {
            return;
        }

        field.R = true;
        reports.Add(new DriftReport(id, field.P, DriftChange.Missing, $"{Kinds(field, null)}, {Number(field.Seen)} times in {Number(before)}", "nothing", null,
            $"{field.P} has been missing {Number(field.S)} times in a row; before that it was there {Number(field.Seen)} times in {Number(before)}.", null));
    }

    private static string Kinds(StoredField field, ShapeKind? but) =>
        string.Join(" or ", Enumerable.Range(0, ShapeKinds.Count).Where(kind => field.K[kind] > 0 && (ShapeKind)kind != but).OrderByDescending(kind => field.K[kind]).Take(3).Select(kind => ShapeKinds.Words((ShapeKind)kind)));

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
