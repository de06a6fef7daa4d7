using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Crossdock.Telemetry;

/// <summary>Listens to the meter "Crossdock" and writes its figures in Prometheus' text format.
/// Counters become <c>_total</c>; histograms give buckets, sum and count; gauges their last value.</summary>
public sealed class PrometheusText : IDisposable
{
    private static readonly double[] Bounds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000];

    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> series = new();
    private readonly MeterListener listener = new();

    public PrometheusText()
    {
        listener.InstrumentPublished = (instrument, active) =>
        {
            if (instrument.Meter.Name is "Crossdock")
            {
                active.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    /// <summary>All figures at this moment.</summary>
    public string Write()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in series.GroupBy(pair => pair.Key.Instrument).OrderBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var kind = KindOf(group.Key);
            string name = Name(group.Key.Name) + (kind is Kind.Counter ? "_total" : "");
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {(group.Key.Description ?? group.Key.Name).Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings(" ")}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(kind is Kind.Counter ? "counter" : kind is Kind.Histogram ? "histogram" : "gauge")}\n");
            foreach (var (key, values) in group.OrderBy(pair => pair.Key.Labels, StringComparer.Ordinal))
            {
                values.Write(text, name, key.Labels, kind is Kind.Histogram);
            }
        }

        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var one = series.GetOrAdd((instrument, Labels(tags)), static _ => new Series());
        switch (KindOf(instrument))
        {
            case Kind.Histogram: one.Observe(value); break;
            case Kind.Gauge when instrument.IsObservable || IsGauge(instrument): one.Set(value); break;
            case Kind.Counter when instrument.IsObservable: one.Set(value); break;
            default: one.Add(value); break;
        }
    }

    private enum Kind { Counter, Gauge, Histogram }

    private static Kind KindOf(Instrument instrument) => instrument switch
    {
        Histogram<long> or Histogram<int> or Histogram<double> => Kind.Histogram,
        Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => Kind.Counter,
        _ => Kind.Gauge,
    };

    private static bool IsGauge(Instrument instrument) => instrument is Gauge<long> or Gauge<int> or Gauge<double>;

    private static string Name(string name) => string.Create(name.Length, name, (target, source) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or ':' ? source[i] : '_';
        }
    });

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            string said = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length > 0 ? "," : "").Append(Name(name)).Append("=\"")
                .Append(said.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private sealed class Series
    {
        private readonly Lock door = new();
        private readonly long[] buckets = new long[Bounds.Length];
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

        public void Observe(double one)
        {
            lock (door)
            {
                value += one;
                count++;
                for (int i = Bounds.Length - 1; i >= 0 && one <= Bounds[i]; i--)
                {
                    buckets[i]++;
                }
            }
        }

        public void Write(StringBuilder text, string name, string labels, bool isHistogram)
        {
            lock (door)
            {
                if (!isHistogram)
                {
                    Line(text, name, labels, value);
                    return;
                }

                string before = labels.Length > 0 ? labels + "," : "";
                for (int i = 0; i < Bounds.Length; i++)
                {
                    Line(text, name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"{before}le=\"{Bounds[i]}\""), buckets[i]);
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
