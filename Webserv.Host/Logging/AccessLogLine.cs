using System.Text.Unicode;
using Webserv.Host.Configuration;

namespace Webserv.Host.Logging;

/// <summary>Makes the line of a request.</summary>
internal static class AccessLogLine
{
    /// <summary>The longest line there is.</summary>
    public const int MaxLength = MaxRequest + (2 * MaxField) + MaxHost + (8 * MaxName) + 1024;

    private const int MaxRequest = 8 * 1024;
    private const int MaxField = 4 * 1024;
    private const int MaxHost = 512;
    private const int MaxName = 256;

    /// <summary>Writes a line with its line end.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="format">Its format.</param>
    /// <param name="entry">The request.</param>
    /// <param name="time">The time.</param>
    /// <param name="server">The name of the virtual server, in UTF-8.</param>
    public static void Write(ref LogLineWriter writer, AccessLogFormat format, in AccessLogEntry entry, LogTime.Stamp time, scoped ReadOnlySpan<byte> server)
    {
        Span<byte> user = stackalloc byte[MaxName];
        user = user[..EncodeName(entry.User, user)];
        if (format == AccessLogFormat.Json)
        {
            WriteJson(ref writer, entry, time, server, user);
        }
        else
        {
            WriteCommon(ref writer, entry, time, user);
            if (format == AccessLogFormat.Combined)
            {
                WriteField(ref writer, entry, "Referer"u8);
                WriteField(ref writer, entry, "User-Agent"u8);
            }
        }

        writer.Write("\n"u8);
    }

    private static void WriteCommon(ref LogLineWriter writer, in AccessLogEntry entry, LogTime.Stamp time, scoped ReadOnlySpan<byte> user)
    {
        writer.Write(entry.Client);
        writer.Write(" - "u8);
        WriteUser(ref writer, user);
        writer.Write(" ["u8);
        writer.Write(time.Common);
        writer.Write("] \""u8);
        var line = entry.RequestLine;
        if (line.IsEmpty)
        {
            writer.Write("-"u8);
        }
        else
        {
            writer.WriteEscaped(line, MaxRequest);
        }

        writer.Write("\" "u8);
        writer.Write(entry.Status);
        writer.Write(" "u8);
        writer.Write(entry.BodyBytes);
    }

    private static void WriteField(ref LogLineWriter writer, in AccessLogEntry entry, scoped ReadOnlySpan<byte> name)
    {
        writer.Write(" \""u8);
        if (entry.TryGetField(name, out var value))
        {
            writer.WriteEscaped(value, MaxField);
        }
        else
        {
            writer.Write("-"u8);
        }

        writer.Write("\""u8);
    }

    /// <summary>The user stands without quotation marks, so that a space would begin the next field.</summary>
    private static void WriteUser(ref LogLineWriter writer, scoped ReadOnlySpan<byte> user)
    {
        if (user.IsEmpty)
        {
            writer.Write("-"u8);
        }

        for (var space = user.IndexOf((byte)' '); space >= 0; space = user.IndexOf((byte)' '))
        {
            writer.WriteEscaped(user[..space], 4 * MaxName);
            writer.Write("\\x20"u8);
            user = user[(space + 1)..];
        }

        writer.WriteEscaped(user, 4 * MaxName);
    }

    private static void WriteJson(ref LogLineWriter writer, in AccessLogEntry entry, LogTime.Stamp time, scoped ReadOnlySpan<byte> server, scoped ReadOnlySpan<byte> user)
    {
        writer.Write("{\"time\":\""u8);
        writer.Write(time.Iso);
        writer.Write("\",\"server\":\""u8);
        writer.WriteJson(server, MaxName);
        writer.Write("\",\"id\":\""u8);
        writer.WriteHex(entry.ConnectionId);
        writer.Write("-"u8);
        writer.Write(entry.RequestNumber);
        writer.Write("\",\"client\":\""u8);
        writer.Write(entry.Client);
        if (!user.IsEmpty)
        {
            WriteMember(ref writer, "user"u8, user, 6 * MaxName);
        }

        WriteJsonRequest(ref writer, entry);
        writer.Write("\",\"status\":"u8);
        writer.Write(entry.Status);
        writer.Write(",\"bytes\":"u8);
        writer.Write(entry.BodyBytes);
        if (entry.Duration is { } duration)
        {
            writer.Write(",\"duration\":"u8);
            writer.WriteSeconds(duration);
        }

        writer.Write(entry.IsAborted ? ",\"aborted\":true}"u8 : ",\"aborted\":false}"u8);
    }

    private static void WriteJsonRequest(ref LogLineWriter writer, in AccessLogEntry entry)
    {
        if (entry.Head.TargetLength > 0)
        {
            // The parser lets no octet through that would not be known and visible here.
            WriteMember(ref writer, "method"u8, entry.Bytes.Slice(entry.Head.TargetStart - entry.Head.Method.Length - 1, entry.Head.Method.Length), MaxName);
            WriteMember(ref writer, "target"u8, entry.Bytes.Slice(entry.Head.TargetStart, entry.Head.TargetLength), MaxRequest);
            WriteMember(ref writer, "protocol"u8, entry.Head.IsHttp11 ? "HTTP/1.1"u8 : "HTTP/1.0"u8, MaxName);
        }
        else
        {
            WriteMember(ref writer, "request"u8, entry.RequestLine, MaxRequest);
        }

        WriteMember(ref writer, entry, "host"u8, "Host"u8, MaxHost);
        WriteMember(ref writer, entry, "referer"u8, "Referer"u8, MaxField);
        WriteMember(ref writer, entry, "userAgent"u8, "User-Agent"u8, MaxField);
    }

    private static void WriteMember(ref LogLineWriter writer, in AccessLogEntry entry, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> field, int most)
    {
        if (entry.TryGetField(field, out var value))
        {
            WriteMember(ref writer, name, value, most);
        }
    }

    /// <summary>Ends the string before and begins one, which is left open.</summary>
    private static void WriteMember(ref LogLineWriter writer, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, int most)
    {
        writer.Write("\",\""u8);
        writer.Write(name);
        writer.Write("\":\""u8);
        writer.WriteJson(value, most);
    }

    /// <returns>How many bytes the name has; one that is too long is cut between two characters.</returns>
    private static int EncodeName(string? name, Span<byte> target)
    {
        if (string.IsNullOrEmpty(name))
        {
            return 0;
        }

        Utf8.FromUtf16(name, target, out _, out var written);
        return written;
    }
}
