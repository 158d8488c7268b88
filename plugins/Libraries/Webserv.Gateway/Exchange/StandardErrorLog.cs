using System.Text;
using Microsoft.Extensions.Logging;

namespace Webserv.Gateway.Exchange;

/// <summary>
/// Logs what a script writes to standard error, line by line. Reading never stops, so that a script is never held up by
/// it; lines that are too long are cut and lines that come too fast are counted instead.
/// </summary>
internal sealed class StandardErrorLog(ILogger logger, TimeProvider time, string script, string traceId)
{
    /// <summary>The most bytes of a line that are logged.</summary>
    public const int LongestLine = 2048;

    /// <summary>How many lines are logged at once, and then in a second.</summary>
    public const int LinesPerSecond = 50;

    // As much as a pipe holds: scripts that write more than is logged cost little.
    private const int PieceSize = 64 * 1024;

    private byte[] _line = [];
    private int _length;
    private bool _cut;
    private int _credit = LinesPerSecond;
    private long _creditTime = time.GetTimestamp();
    private long _suppressed;

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync(Stream error, CancellationToken cancellation)
    {
        using var buffer = new AnswerBuffer(error, PieceSize);
        try
        {
            do
            {
                Take(buffer.Data.Span);
                buffer.Clear();
                await buffer.WaitAsync(cancellation).ConfigureAwait(false);
            }
            while (await buffer.ReadAsync(cancellation).ConfigureAwait(false) > 0);
        }
        catch (OperationCanceledException)
        {
            // Somebody outside the script's group keeps it open: what came so far is all there will be.
        }
        catch (IOException exception)
        {
            Log.StandardErrorBroken(logger, exception, script, traceId);
        }

        End();
    }

    /// <summary>There is no more: logs what is left.</summary>
    public void End()
    {
        if (_length > 0)
        {
            EndLine();
        }

        TellSuppressed();
    }

    /// <summary>Takes the next part of it.</summary>
    public void Take(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var newline = data.IndexOf((byte)'\n');
            var part = newline < 0 ? data : data[..newline];
            var fits = Math.Min(part.Length, LongestLine - _length);
            if (fits > _line.Length)
            {
                _line = new byte[LongestLine]; // Most scripts write none.
            }

            part[..fits].CopyTo(_line.AsSpan(_length));
            _length += fits;
            _cut |= fits < part.Length;
            if (newline < 0)
            {
                return;
            }

            EndLine();
            data = data[(newline + 1)..];
        }
    }

    private void EndLine()
    {
        var line = _line.AsSpan(0, _length).TrimEnd("\r \t"u8);
        if (line.IsEmpty)
        {
            // Blank lines say nothing.
        }
        else if (HasCredit())
        {
            Log.StandardError(logger, script, traceId, Printable(line, _cut));
        }
        else
        {
            _suppressed++;
        }

        _length = 0;
        _cut = false;
    }

    private bool HasCredit()
    {
        if (_credit == 0 && time.GetElapsedTime(_creditTime) >= TimeSpan.FromSeconds(1))
        {
            _credit = LinesPerSecond;
            _creditTime = time.GetTimestamp();
            TellSuppressed(); // Some programs never end.
        }

        return _credit > 0 && _credit-- > 0;
    }

    private void TellSuppressed()
    {
        if (_suppressed > 0)
        {
            Log.StandardErrorSuppressed(logger, script, traceId, _suppressed);
            _suppressed = 0;
        }
    }

    // Control characters could forge entries or drive a terminal.
    private static string Printable(ReadOnlySpan<byte> line, bool cut)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(line));
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] != '\t')
            {
                text[i] = '\uFFFD';
            }
        }

        return cut ? text.Append('…').ToString() : text.ToString();
    }
}
