using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;

namespace Webserv.Host.Pipeline.Timing;

/// <summary>
/// Which entries have a request for how long. The time of an entry is its own: while one that it passed the request on to has it, the
/// clock of that one runs. An entry that waits for the client, or for a thread, waits on its own time.
/// </summary>
/// <param name="settings">What becomes of it.</param>
/// <param name="request">The request, as the client sent it: an error page or a local redirect makes another one of it.</param>
internal sealed class RequestTiming(TimingSettings settings, Http1Request request)
{
    /// <summary>The most stays that are told apart. A middleware may pass a request on as often as it likes.</summary>
    private const int MaxStays = 64;

    private const int UsualStays = 8;
    private const int Nobody = -1;

    private readonly Lock _sync = new();
    private readonly string _method = request.Method;
    private readonly string _path = request.Path;
    private readonly long _start = settings.Time.GetTimestamp();
    private Stay[] _stays = new Stay[UsualStays];
    private int _count;
    private int _dropped;
    private int _running = Nobody;
    private long _since;
    private Exception? _thrown;

    /// <summary>An entry gets the request.</summary>
    /// <returns>What <see cref="Leave"/> is to be shown.</returns>
    public int Enter(TimedEntry entry)
    {
        lock (_sync)
        {
            if (_count == MaxStays)
            {
                _dropped++;
                return Nobody;
            }

            if (_count == _stays.Length)
            {
                Array.Resize(ref _stays, Math.Min(2 * _count, MaxStays));
            }

            Charge();
            if (_running != Nobody)
            {
                _stays[_running].HasPassedOn = true;
            }

            entry.Statistics?.Enter();
            _stays[_count] = new Stay { Entry = entry, Before = _running };
            return _running = _count++;
        }
    }

    /// <summary>An entry is done with the request.</summary>
    /// <param name="stay">What it got.</param>
    /// <param name="exception">What it threw.</param>
    /// <param name="isFailure">Whether that is a failure, if it is its own.</param>
    public void Leave(int stay, Exception? exception, bool isFailure)
    {
        if (stay == Nobody)
        {
            return;
        }

        lock (_sync)
        {
            Charge();
            ref var left = ref _stays[stay];
            left.HasEnded = true;
            left.Threw = exception?.GetType().Name;
            left.IsForeign = exception is not null && ReferenceEquals(exception, _thrown);
            _thrown = exception;
            left.Entry.Statistics?.Leave(settings.Time.GetElapsedTime(0, left.Own), isFailure && !left.IsForeign);

            // Back to the one that passed it on, unless that has ended: a middleware need not await what it has begun.
            while (_running != Nobody && _stays[_running].HasEnded)
            {
                _running = _stays[_running].Before;
            }
        }
    }

    /// <summary>Adds what is known by now to the fields of an answer whose head is about to go out.</summary>
    public void WriteField(IHeaderCollection fields)
    {
        if (!settings.WritesField)
        {
            return;
        }

        var text = new StringBuilder();
        lock (_sync)
        {
            Charge();
            text.Append(CultureInfo.InvariantCulture, $"total;dur={Milliseconds(_since - _start)}");
            for (var index = 0; index < _count; index++)
            {
                text.Append(CultureInfo.InvariantCulture, $", {_stays[index].Entry.Metric};dur={Milliseconds(_stays[index].Own)}");
            }
        }

        // A script, or a server behind, may have sent one of its own.
        fields[ServerTimingText.Field] = StringValues.Concat(fields[ServerTimingText.Field], text.ToString());
    }

    /// <summary>Writes the line of the log, when the request is over.</summary>
    public void WriteTrace(Http1Context context)
    {
        if (!settings.WritesTrace || !settings.Logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var text = new StringBuilder();
        string total;
        lock (_sync)
        {
            Charge();
            total = Milliseconds(_since - _start);
            for (var index = 0; index < _count; index++)
            {
                ref var stay = ref _stays[index];
                text.Append(CultureInfo.InvariantCulture, $"{(index == 0 ? "" : "; ")}{stay.Entry.Place} {stay.Deed} {Milliseconds(stay.Own)}");
            }

            if (_dropped > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"; and {_dropped} more");
            }
        }

        Log.RequestTrace(
            settings.Logger,
            context.TraceId,
            context.Connection.RemoteAddress,
            _method,
            _path,
            context.Response.HasStarted ? context.Response.StatusCode : Http1AccessLog.EndedBeforeAnswer,
            total,
            text.ToString());
    }

    /// <summary>What has passed is that of the entry that has the request.</summary>
    private void Charge()
    {
        var now = settings.Time.GetTimestamp();
        if (_running != Nobody)
        {
            _stays[_running].Own += now - _since;
        }

        _since = now;
    }

    private string Milliseconds(long ticks) => ServerTimingText.Milliseconds(settings.Time.GetElapsedTime(0, ticks));

    private struct Stay
    {
        public TimedEntry Entry;
        public int Before;
        public long Own;
        public bool HasPassedOn;
        public bool HasEnded;
        public bool IsForeign;
        public string? Threw;

        public readonly string Deed =>
            !HasEnded ? "has not ended"
            : Threw is null ? HasPassedOn ? "passed on" : "ended it"
            : IsForeign ? $"let {Threw} through"
            : $"threw {Threw}";
    }
}
