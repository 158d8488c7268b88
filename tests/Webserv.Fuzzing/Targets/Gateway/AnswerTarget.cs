using System.Buffers;
using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Gateway.Exchange;

namespace Webserv.Fuzzing.Targets.Gateway;

/// <summary>All that a script writes, read as a CGI response and as a whole HTTP response: header block and body.</summary>
internal sealed class AnswerTarget : IFuzzTarget
{
    private static readonly SearchValues<char> NoToken = SearchValues.Create(" \t\r\n:\0");
    private static readonly string[] OfConnection =
        [Fields.Connection, Fields.KeepAlive, Fields.TransferEncoding, Fields.TE, Fields.Trailer, Fields.ContentLength];

    /// <inheritdoc />
    public string Name => "answer";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        foreach (var isHttp in (bool[])[false, true])
        {
            foreach (var isHead in (bool[])[false, true])
            {
                var whole = Read(input, isHttp, isHead, isCut: false);
                BrokenPropertyException.ThrowIfDifferent(whole, Read(input, isHttp, isHead, isCut: true), $"in pieces, HTTP {isHttp}, HEAD {isHead}");
                if (!char.IsAsciiDigit(whole[0]))
                {
                    break; // Refused, which it is for HEAD as well.
                }
            }
        }
    }

    private static string Read(ReadOnlySpan<byte> input, bool isHttp, bool isHead, bool isCut)
    {
        var cuts = new Cuts(input);
        var (filled, lineStart, end) = (0, 0, -1);
        while (end < 0)
        {
            if (filled == input.Length)
            {
                return "no header block";
            }

            filled += isCut ? cuts.Next(input.Length - filled) : input.Length - filled;
            end = CgiResponseHead.FindEnd(input[..filled], ref lineStart);
        }

        try
        {
            var head = isHttp ? CgiResponseHead.ParseHttp(input[..end]) : CgiResponseHead.Parse(input[..end]);
            Check(head, isHttp);
            return Read(head, input[end..], isHead, isCut, ref cuts);
        }
        catch (CgiResponseException exception)
        {
            return exception.Message;
        }
    }

    private static string Read(CgiResponseHead head, ReadOnlySpan<byte> rest, bool isHead, bool isCut, ref Cuts cuts)
    {
        var answer = AnswerBody.For(head, isHead);
        var body = new List<byte>();
        while (!rest.IsEmpty)
        {
            var piece = rest[..(isCut ? cuts.Next(rest.Length) : rest.Length)].ToArray();
            rest = rest[piece.Length..];
            body.AddRange(piece.AsSpan(0, answer.Take(piece)));
        }

        BrokenPropertyException.ThrowUnless(isHead || head.ContentLength is null || body.Count <= head.ContentLength, "a body longer than its length");
        BrokenPropertyException.ThrowUnless(answer.IsWanted || body.Count == 0, "a body where there is none");
        BrokenPropertyException.ThrowUnless(
            isHead || head.ContentLength is null || !answer.IsWanted || (answer.Shortfall is null) == (body.Count == head.ContentLength), "a length that is not kept");
        return $"{head.EffectiveStatus} {head.Lines.Count} {head.IsLocalRedirect} {answer.Shortfall} {answer.Excess} {Convert.ToHexString([.. body])}";
    }

    private static void Check(CgiResponseHead head, bool isHttp)
    {
        BrokenPropertyException.ThrowUnless(head.EffectiveStatus is >= 200 and <= 599, "a status that the contract takes");
        BrokenPropertyException.ThrowUnless(head.ContentLength is null or >= 0, "a length that is one");
        BrokenPropertyException.ThrowUnless(isHttp || !head.IsChunked, "a CGI response in chunks");
        BrokenPropertyException.ThrowUnless(!head.IsChunked || head.ContentLength is null, "two framings");
        foreach (var (name, value) in head.Lines)
        {
            BrokenPropertyException.ThrowUnless(!OfConnection.Contains(name, StringComparer.OrdinalIgnoreCase), "a field of the connection");
            BrokenPropertyException.ThrowUnless(
                head.Status == StatusCodes.UpgradeRequired || !name.Equals(Fields.Upgrade, StringComparison.OrdinalIgnoreCase), "Upgrade without 426");
            BrokenPropertyException.ThrowUnless(name.Length > 0 && Ascii.IsValid(name) && !name.AsSpan().ContainsAny(NoToken), "a name that is a token");
            BrokenPropertyException.ThrowUnless(!value.AsSpan().ContainsAny('\r', '\n', '\0'), "a value on one line");
        }
    }
}
