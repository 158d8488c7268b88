using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// Chooses in which coding a file is sent (RFC 9110 section 12.5.3): the one with the highest weight; among equals what was
/// coded beforehand goes before what is coded here, each in the order of the options, and any coding before none.
/// </summary>
/// <param name="precompressed">The codings that are looked for beside files.</param>
/// <param name="siblings">Finds them.</param>
/// <param name="compression">Codes what is not there; <see langword="null"/> for nothing.</param>
internal sealed class Negotiator(ContentCoding[] precompressed, SiblingFinder siblings, FileCompression? compression)
{
    private readonly bool _isOff = precompressed.Length == 0 && compression is null;

    /// <summary>Chooses.</summary>
    /// <param name="request">A request whose method is GET or HEAD.</param>
    /// <param name="file">The file that was asked for.</param>
    /// <param name="contentType">What it is sent as.</param>
    public Representation Choose(IHttpRequest request, IFileEntry file, ContentType contentType)
    {
        if (_isOff)
        {
            return Representation.Identity(file, varies: false);
        }

        var fields = request.Headers;
        var accepted = AcceptEncoding.Parse(fields[Fields.AcceptEncoding]);
        var best = new Candidate(null, null, 0);
        var varies = false;
        foreach (var coding in precompressed)
        {
            // Also those that this client does not want: whether they are there, caches have to know.
            if (siblings.Find(file, coding) is { } sibling)
            {
                varies = true;
                best = best.Or(sibling, coding, accepted[coding]);
            }
        }

        if (compression?.Covers(file, contentType) == true)
        {
            varies = true;
            var wantsPart = request.Method == HttpMethods.Get && fields.Contains(Fields.Range);
            if (!accepted.AllowsIdentity || !wantsPart)
            {
                best = AddCompressed(file, accepted, best);
            }
        }

        if (best.File is not null && best.Weight >= (accepted.Identity ?? 0))
        {
            return new Representation(best.File, best.Coding, varies, accepted.AllowsIdentity);
        }

        return accepted.AllowsIdentity
            ? Representation.Identity(file, varies)
            : new Representation(null, null, varies, AllowsIdentity: false);
    }

    private Candidate AddCompressed(IFileEntry file, in AcceptEncoding accepted, Candidate best)
    {
        CodedVersion? version = null;
        foreach (var coding in compression!.Codings)
        {
            if (accepted[coding] > best.Weight)
            {
                version ??= compression.Find(file);
                var coded = version[coding];

                // What cannot be had at once, or is not worth it, is only for those who refuse the file itself.
                if (!accepted.AllowsIdentity || compression.MayHave(coded))
                {
                    best = best.Or(coded, coding, accepted[coding]);
                }
            }
        }

        return best;
    }

    private readonly record struct Candidate(IFileEntry? File, ContentCoding? Coding, int Weight)
    {
        public Candidate Or(IFileEntry file, ContentCoding coding, int weight) =>
            weight > Weight ? new Candidate(file, coding, weight) : this;
    }
}
