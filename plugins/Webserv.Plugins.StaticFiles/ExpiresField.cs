using System.Globalization;

namespace Webserv.Plugins.StaticFiles;

/// <summary>The Expires field of the answers of this second (RFC 9111 section 5.3): formatted once a second, not once an answer.</summary>
internal sealed class ExpiresField(TimeSpan after, TimeProvider time)
{
    private Stamp _stamp = new(long.MinValue, "");

    /// <summary>The field's value for an answer now.</summary>
    public string Get()
    {
        var now = time.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        var stamp = Volatile.Read(ref _stamp);
        if (stamp.Second != second)
        {
            stamp = new Stamp(second, (now + after).ToString("R", CultureInfo.InvariantCulture));
            Volatile.Write(ref _stamp, stamp);
        }

        return stamp.Text;
    }

    // One object, so that nobody sees the text of another second.
    private sealed record Stamp(long Second, string Text);
}
