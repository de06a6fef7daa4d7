using System.ComponentModel.DataAnnotations;

namespace Crossdock.Drift;

/// <summary>How changes in the documents of stores are found. Section <c>Crossdock:Drift</c>.</summary>
public sealed record DriftOptions
{
    /// <summary>Whether documents are watched at all. Default true.</summary>
    public bool IsWatching { get; init; } = true;

    /// <summary>Documents of a connection and topic that are only learned from, before anything is reported or held. Default 300; 20 to 100000.</summary>
    [Range(20, 100_000)] public int LearnDocuments { get; init; } = 300;

    /// <summary>How long a topic is only learned from before what holds no order is reported, in hours: an order's whole life should have been seen. What would make an order wrong is held after <see cref="LearnDocuments"/>. Default 168 (a week); 0 to 8760.</summary>
    [Range(0, 8760)] public int LearnHours { get; init; } = 168;

    /// <summary>In how many documents in a row a field that used to be there must be missing before it is reported. Critical ones are told at once. Default 100; 5 to 100000.</summary>
    [Range(5, 100_000)] public int MissingDocuments { get; init; } = 100;

    /// <summary>In how many documents something new must have been seen before it is reported. Default 5; 1 to 10000.</summary>
    [Range(1, 10_000)] public int NewDocuments { get; init; } = 5;

    /// <summary>Different fields that are remembered for a connection and topic; what goes beyond is not watched, and a notice says so. Default 2000; 100 to 20000.</summary>
    [Range(100, 20_000)] public int Fields { get; init; } = 2000;

    /// <summary>Topics of one connection that are watched. Default 32; 1 to 1000.</summary>
    [Range(1, 1000)] public int Topics { get; init; } = 32;

    /// <summary>Connections and topics whose fields a node keeps in memory; those unused for longest are read again when needed. Default 2000; 10 to 100000.</summary>
    [Range(10, 100_000)] public int BooksInMemory { get; init; } = 2000;

    /// <summary>How often what was learned is stored at the latest, in seconds; something new is stored within five seconds. Default 60; 1 to 3600.</summary>
    [Range(1, 3600)] public int StoreSeconds { get; init; } = 60;
}
