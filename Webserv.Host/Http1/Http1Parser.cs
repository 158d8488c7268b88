using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>
/// Parses request heads (RFC 9112 sections 2 to 6). Resumable: called again with the same bytes and more behind them it goes
/// on at the first line that was not complete, so every byte is looked at a bounded number of times however the head was cut.
/// </summary>
internal sealed class Http1Parser(int maxRequestLineSize, int maxHeadSize, int maxFields)
{
    private readonly Http1RequestHead _head = new();

    // The first byte of the line to parse next, and how far a line end was looked for.
    private int _position;
    private int _scanned;
    private bool _requestLineDone;
    private bool _emptyLineSkipped;

    /// <summary>The head; complete after <see cref="ParseStatus.Complete"/>, valid until <see cref="Reset"/>.</summary>
    public Http1RequestHead Head => _head;

    /// <summary>Why the head was rejected.</summary>
    public RequestRejection Rejection { get; private set; }

    /// <summary>Whether all that came was the empty line that is ignored before a request line.</summary>
    /// <param name="length">How many bytes were there.</param>
    public bool HasSkippedAll(int length) => _emptyLineSkipped && !_requestLineDone && _position > 0 && _position == length;

    /// <summary>Tells that the empty line that is ignored before a request line has come and is gone, so that another is malformed.</summary>
    public void HasSkippedBefore() => _emptyLineSkipped = true;

    /// <summary>Makes the parser ready for the next head.</summary>
    public void Reset()
    {
        _head.Reset();
        _position = 0;
        _scanned = 0;
        _requestLineDone = false;
        _emptyLineSkipped = false;
        Rejection = RequestRejection.None;
    }

    /// <summary>Parses what is there.</summary>
    /// <param name="bytes">All bytes from the beginning of the head.</param>
    public ParseStatus TryParse(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var lineFeed = bytes[_scanned..].IndexOf((byte)'\n');
            if (lineFeed < 0)
            {
                _scanned = bytes.Length;
                return CheckUnfinished(bytes.Length);
            }

            lineFeed += _scanned;
            if (lineFeed >= maxHeadSize)
            {
                return CheckUnfinished(lineFeed);
            }

            if (lineFeed == _position || bytes[lineFeed - 1] != '\r')
            {
                // A request line that was too long before its end came is too long also where all of it came at once.
                return CheckUnfinished(lineFeed) == ParseStatus.Rejected
                    ? ParseStatus.Rejected
                    : Reject(RequestRejection.LineFeedWithoutCarriageReturn);
            }

            var line = bytes[_position..(lineFeed - 1)];
            var lineStart = _position;
            _position = lineFeed + 1;
            _scanned = _position;
            if (line.IsEmpty && _requestLineDone)
            {
                _head.Length = _position;
                return Finish();
            }

            if (line.IsEmpty)
            {
                // RFC 9112 section 2.2: an empty line before the request line is ignored, one of them.
                if (_emptyLineSkipped)
                {
                    return Reject(RequestRejection.RequestLineMalformed);
                }

                _emptyLineSkipped = true;
                continue;
            }

            Rejection = _requestLineDone ? ParseFieldLine(line, lineStart) : ParseRequestLine(line, lineStart);
            if (Rejection != RequestRejection.None)
            {
                return ParseStatus.Rejected;
            }
        }
    }

    /// <summary>Checks what there is of a line whose end has not come or lies too far away.</summary>
    private ParseStatus CheckUnfinished(int length)
    {
        // One more than the line may have: its CR.
        if (!_requestLineDone && length - _position > maxRequestLineSize + 1)
        {
            return Reject(RequestRejection.TargetTooLong);
        }

        return length >= maxHeadSize ? Reject(RequestRejection.HeadTooLarge) : ParseStatus.NeedMore;
    }

    private ParseStatus Reject(RequestRejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }

    private RequestRejection ParseRequestLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length > maxRequestLineSize)
        {
            return RequestRejection.TargetTooLong;
        }

        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0)
        {
            return RequestRejection.RequestLineMalformed;
        }

        var method = line[..methodEnd];
        var rest = line[(methodEnd + 1)..];
        var targetEnd = rest.IndexOf((byte)' ');
        if (targetEnd <= 0)
        {
            return RequestRejection.RequestLineMalformed;
        }

        var version = rest[(targetEnd + 1)..];
        if (version.SequenceEqual("HTTP/1.1"u8))
        {
            _head.IsHttp11 = true;
        }
        else if (!version.SequenceEqual("HTTP/1.0"u8))
        {
            return IsVersion(version) ? RequestRejection.VersionNotSupported : RequestRejection.RequestLineMalformed;
        }

        if (method.SequenceEqual("GET"u8))
        {
            _head.Method = HttpMethods.Get;
        }
        else if (method.ContainsAnyExcept(Octets.Token))
        {
            return RequestRejection.MethodMalformed;
        }
        else
        {
            _head.Method = KnownMethod(method) ?? Encoding.ASCII.GetString(method);
        }

        if (rest[..targetEnd].ContainsAnyExcept(Octets.Target))
        {
            return RequestRejection.TargetMalformed;
        }

        _head.TargetStart = start + methodEnd + 1;
        _head.TargetLength = targetEnd;
        _requestLineDone = true;
        return RequestRejection.None;
    }

    /// <summary>Whether it is the version of a protocol that exists: HTTP/0.9 had none to send.</summary>
    private static bool IsVersion(ReadOnlySpan<byte> version) =>
        version.Length == 8 && version.StartsWith("HTTP/"u8) && version[6] == '.'
        && version[5] is >= (byte)'1' and <= (byte)'9' && char.IsAsciiDigit((char)version[7]);

    private static string? KnownMethod(ReadOnlySpan<byte> method) => method switch
    {
        _ when method.SequenceEqual("HEAD"u8) => HttpMethods.Head,
        _ when method.SequenceEqual("POST"u8) => HttpMethods.Post,
        _ when method.SequenceEqual("PUT"u8) => HttpMethods.Put,
        _ when method.SequenceEqual("DELETE"u8) => HttpMethods.Delete,
        _ when method.SequenceEqual("OPTIONS"u8) => HttpMethods.Options,
        _ when method.SequenceEqual("PATCH"u8) => HttpMethods.Patch,
        _ when method.SequenceEqual("CONNECT"u8) => HttpMethods.Connect,
        _ when method.SequenceEqual("TRACE"u8) => HttpMethods.Trace,
        _ => null,
    };

    private RequestRejection ParseFieldLine(ReadOnlySpan<byte> line, int start)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            return RequestRejection.ObsoleteLineFolding;
        }

        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return RequestRejection.FieldNameMalformed;
        }

        var name = line[..colon];
        if (name.ContainsAnyExcept(Octets.Token))
        {
            return name[^1] is (byte)' ' or (byte)'\t' ? RequestRejection.WhitespaceBeforeColon : RequestRejection.FieldNameMalformed;
        }

        var valueStart = colon + 1;
        var valueEnd = line.Length;
        while (valueStart < valueEnd && line[valueStart] is (byte)' ' or (byte)'\t')
        {
            valueStart++;
        }

        while (valueEnd > valueStart && line[valueEnd - 1] is (byte)' ' or (byte)'\t')
        {
            valueEnd--;
        }

        var value = line[valueStart..valueEnd];
        if (value.ContainsAny(Octets.ForbiddenInValue))
        {
            return RequestRejection.FieldValueMalformed;
        }

        if (_head.LineCount == maxFields)
        {
            return RequestRejection.TooManyFields;
        }

        _head.Add(new FieldLine(start, name.Length, start + valueStart, value.Length));
        return InterpretField(name, value);
    }

    /// <summary>Takes note of the fields that framing and connection handling depend on.</summary>
    private RequestRejection InterpretField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "Host"u8):
                if (_head.HostLine >= 0)
                {
                    return RequestRejection.HostRepeated;
                }

                _head.HostLine = _head.LineCount - 1;
                return RequestRejection.None;
            case 6 when Ascii.EqualsIgnoreCase(name, "Expect"u8):
                return ParseExpect(value);
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                _head.Connection |= ParseConnection(value);
                return RequestRejection.None;
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                return ParseContentLength(value);
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                return ParseTransferEncoding(value);
            default:
                return SingletonFields.IndexOf(name) is var index and >= 0 && !_head.AddSingleton(index)
                    ? RequestRejection.FieldRepeated
                    : RequestRejection.None;
        }
    }

    private RequestRejection ParseExpect(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var expectation = value[range].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(expectation, "100-continue"u8))
            {
                _head.ExpectsContinue = true;
            }
            else if (!expectation.IsEmpty && _head.IsHttp11)
            {
                // RFC 9110 section 10.1.1: an HTTP/1.0 client cannot expect anything.
                return RequestRejection.ExpectationUnknown;
            }
        }

        return RequestRejection.None;
    }

    private static ConnectionOptions ParseConnection(ReadOnlySpan<byte> value)
    {
        var options = ConnectionOptions.None;
        foreach (var range in value.Split((byte)','))
        {
            var option = value[range].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(option, "close"u8))
            {
                options |= ConnectionOptions.Close;
            }
            else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
            {
                options |= ConnectionOptions.KeepAlive;
            }
            else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8))
            {
                options |= ConnectionOptions.Upgrade;
            }
        }

        return options;
    }

    private RequestRejection ParseContentLength(ReadOnlySpan<byte> value)
    {
        if (_head.ContentLength >= 0)
        {
            return RequestRejection.ContentLengthRepeated;
        }

        if (value.IsEmpty || value.Length > 19 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return RequestRejection.ContentLengthMalformed;
        }

        ulong length = 0;
        foreach (var digit in value)
        {
            length = (length * 10) + digit - '0';
        }

        if (length > long.MaxValue)
        {
            return RequestRejection.ContentLengthMalformed;
        }

        _head.ContentLength = (long)length;
        return RequestRejection.None;
    }

    private RequestRejection ParseTransferEncoding(ReadOnlySpan<byte> value)
    {
        if (!_head.IsHttp11)
        {
            return RequestRejection.TransferEncodingInHttp10;
        }

        if (_head.IsChunked)
        {
            return RequestRejection.TransferEncodingMalformed;
        }

        if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            _head.IsChunked = true;
            return RequestRejection.None;
        }

        // A registered coding before chunked is understood and not spoken; all else may be an attempt to make two readers differ.
        var comma = value.LastIndexOf((byte)',');
        return comma > 0 && Ascii.EqualsIgnoreCase(value[(comma + 1)..].Trim(" \t"u8), "chunked"u8) && AreRegisteredCodings(value[..comma])
            ? RequestRejection.TransferEncodingNotImplemented
            : RequestRejection.TransferEncodingMalformed;
    }

    private static bool AreRegisteredCodings(ReadOnlySpan<byte> list)
    {
        foreach (var range in list.Split((byte)','))
        {
            var coding = list[range].Trim(" \t"u8);
            if (!(Ascii.EqualsIgnoreCase(coding, "gzip"u8) || Ascii.EqualsIgnoreCase(coding, "deflate"u8)
                || Ascii.EqualsIgnoreCase(coding, "compress"u8) || Ascii.EqualsIgnoreCase(coding, "x-gzip"u8)
                || Ascii.EqualsIgnoreCase(coding, "x-compress"u8)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Checks what can only be told from the whole head.</summary>
    private ParseStatus Finish()
    {
        if (_head.HostLine < 0 && _head.IsHttp11)
        {
            return Reject(RequestRejection.HostMissing);
        }

        if (_head.IsChunked && _head.ContentLength >= 0)
        {
            return Reject(RequestRejection.ContentLengthWithTransferEncoding);
        }

        // Neither is ever a middleware's: a tunnel is no resource, and an echo hands out what the client may not know.
        return ReferenceEquals(_head.Method, HttpMethods.Connect) || ReferenceEquals(_head.Method, HttpMethods.Trace)
            ? Reject(RequestRejection.MethodNotImplemented)
            : ParseStatus.Complete;
    }
}
