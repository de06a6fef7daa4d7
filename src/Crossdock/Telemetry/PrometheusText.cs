using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Crossdock.Telemetry;

/// <summary>Listens to the meters "Crossdock" and "System.Runtime" and writes their figures in Prometheus' text format, by OpenTelemetry's rules for names:
/// dots become underscores, units their words (<c>_seconds</c>, <c>_bytes</c>), counters end in <c>_total</c>. Histograms give buckets, sum and count; gauges their last value.</summary>
public sealed class PrometheusText : IDisposable
{
    private readonly ConcurrentDictionary<Instrument, InstrumentFigures> instruments = new();
    private readonly MeterListener listener = new();
    private readonly Lock door = new();

    /// <param name="node">This hub's own gauges; those of another hub in the same process are passed over.</param>
    public PrometheusText(NodeMeter? node = null)
    {
        listener.InstrumentPublished = (instrument, active) =>
        {
            if (instrument.Meter.Name is HubMeter.Name or "System.Runtime" && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, node)))
            {
                active.EnableMeasurementEvents(instrument, instruments.GetOrAdd(instrument, static one => new InstrumentFigures(one)));
            }
        };
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentFigures)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentFigures)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentFigures)state!).Record(value, tags));
        listener.Start();
    }

    /// <summary>All figures at this moment. What was never measured is named all the same, so that whoever writes an alert finds it.</summary>
    public string Write()
    {
        lock (door)
        {
            return WriteAll();
        }
    }

    public void Dispose() => listener.Dispose();

    private string WriteAll()
    {
        foreach (var figures in instruments.Values.Where(one => one.IsGauge))
        {
            figures.Forget();
        }

        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var figures in instruments.Values.OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            figures.Write(text);
        }

        return text.ToString();
    }
}

/// <summary>The figures of one instrument by their labels. Recording takes no memory once a combination of labels was seen.</summary>
internal sealed class InstrumentFigures
{
    private static readonly double[] Standard = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly ConcurrentDictionary<string, Series> byLabels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Key, object? Value), Series> byOne = new();
    private readonly ConcurrentDictionary<(string Key, object? Value, string OtherKey, object? OtherValue), Series> byTwo = new();
    private readonly Instrument instrument;
    private readonly Kind kind;
    private readonly double[] bounds;
    private readonly Series plain;
    private bool isPlainUsed;

    public InstrumentFigures(Instrument instrument)
    {
        this.instrument = instrument;
        kind = KindOf(instrument);
        bounds = kind is not Kind.Histogram ? [] : instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } asked } => [.. asked],
            Histogram<int> { Advice.HistogramBucketBoundaries: { } asked } => [.. asked.Select(one => (double)one)],
            Histogram<long> { Advice.HistogramBucketBoundaries: { } asked } => [.. asked.Select(one => (double)one)],
            _ => Standard,
        };
        plain = new Series(bounds.Length);
        Name = PrometheusName(instrument.Name, instrument.Unit, kind);
    }

    private enum Kind { Counter, Gauge, Histogram }

    public string Name { get; }

    public bool IsGauge => kind is Kind.Gauge && instrument.IsObservable;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var one = Of(tags);
        switch (kind)
        {
            case Kind.Histogram: one.Observe(value, bounds); break;
            case Kind.Gauge when instrument.IsObservable || instrument is Gauge<long> or Gauge<int> or Gauge<double>: one.Set(value); break;
            case Kind.Counter when instrument.IsObservable: one.Set(value); break;
            default: one.Add(value); break;
        }
    }

    /// <summary>An observed gauge tells anew what there is: a destination that is gone is not told any more.</summary>
    public void Forget()
    {
        isPlainUsed = false;
        byLabels.Clear();
        byOne.Clear();
        byTwo.Clear();
    }

    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {(instrument.Description ?? instrument.Name).Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings(" ")}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {(kind is Kind.Counter ? "counter" : kind is Kind.Histogram ? "histogram" : "gauge")}\n");
        if (isPlainUsed)
        {
            plain.Write(text, Name, "", bounds);
        }

        foreach (var (labels, series) in byLabels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            series.Write(text, Name, labels, bounds);
        }
    }

    private Series Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (tags.Length)
        {
            case 0:
                isPlainUsed = true;
                return plain;
            case 1:
                return byOne.TryGetValue((tags[0].Key, tags[0].Value), out var one) ? one : byOne.GetOrAdd((tags[0].Key, tags[0].Value), Labelled(tags));
            case 2:
                var key = (tags[0].Key, tags[0].Value, tags[1].Key, tags[1].Value);
                return byTwo.TryGetValue(key, out var two) ? two : byTwo.GetOrAdd(key, Labelled(tags));
            default:
                return Labelled(tags);
        }
    }

    private Series Labelled(ReadOnlySpan<KeyValuePair<string, object?>> tags) => byLabels.GetOrAdd(Labels(tags), static (_, count) => new Series(count), bounds.Length);

    private static Kind KindOf(Instrument instrument) => instrument switch
    {
        Histogram<long> or Histogram<int> or Histogram<double> => Kind.Histogram,
        Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => Kind.Counter,
        _ => Kind.Gauge,
    };

    private static string PrometheusName(string name, string? unit, Kind kind)
    {
        string word = unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", "%" => "_percent", _ => "" };
        string cleaned = Clean(name);
        return (cleaned.EndsWith(word, StringComparison.Ordinal) ? cleaned : cleaned + word) + (kind is Kind.Counter ? "_total" : "");
    }

    private static string Clean(string name) => string.Create(name.Length, name, (target, source) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or ':' ? source[i] : '_';
        }
    });

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            string said = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length > 0 ? "," : "").Append(Clean(name)).Append("=\"")
                .Append(said.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private sealed class Series(int bounds)
    {
        private readonly Lock door = new();
        private readonly long[] buckets = new long[bounds];
        private double value;
        private long count;

        public void Add(double by)
        {
            lock (door)
            {
                value += by;
            }
        }

        public void Set(double to)
        {
            lock (door)
            {
                value = to;
            }
        }

        public void Observe(double one, double[] bounds)
        {
            int place = Array.BinarySearch(bounds, one);
            place = place < 0 ? ~place : place;
            lock (door)
            {
                value += one;
                count++;
                if (place < buckets.Length)
                {
                    buckets[place]++;
                }
            }
        }

        public void Write(StringBuilder text, string name, string labels, double[] bounds)
        {
            lock (door)
            {
                if (bounds.Length == 0)
                {
                    Line(text, name, labels, value);
                    return;
                }

                string before = labels.Length > 0 ? labels + "," : "";
                long below = 0;
                for (int i = 0; i < bounds.Length; i++)
                {
                    below += buckets[i];
                    Line(text, name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"{before}le=\"{bounds[i]}\""), below);
                }

                Line(text, name + "_bucket", before + "le=\"+Inf\"", count);
                Line(text, name + "_sum", labels, value);
                Line(text, name + "_count", labels, count);
            }
        }

        private static void Line(StringBuilder text, string name, string labels, double number) =>
            text.Append(name).Append(labels.Length > 0 ? "{" + labels + "}" : "").Append(' ').Append(number.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
