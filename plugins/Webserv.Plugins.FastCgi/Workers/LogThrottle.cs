namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>Lets one message through in a while and counts the others.</summary>
internal sealed class LogThrottle(TimeProvider time, TimeSpan period)
{
    private readonly Lock _gate = new();
    private long _last;
    private bool _any;
    private int _suppressed;

    /// <summary>Whether a message may be logged now.</summary>
    /// <param name="suppressed">How many were not since the last one.</param>
    public bool Allows(out int suppressed)
    {
        lock (_gate)
        {
            if (_any && time.GetElapsedTime(_last) < period)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }

            (_any, _last) = (true, time.GetTimestamp());
            suppressed = _suppressed;
            _suppressed = 0;
            return true;
        }
    }
}
