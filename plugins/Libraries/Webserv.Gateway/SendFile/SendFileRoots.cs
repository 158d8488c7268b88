using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Gateway.SendFile;

/// <summary>
/// The files that scripts may name to be sent in place of what they write: by a path on disk (<c>X-Sendfile</c>, as Apache and
/// lighttpd have it), or by a path of the site that no client can ask for (<c>X-Accel-Redirect</c> of nginx,
/// <c>X-LiteSpeed-Location</c>). Nothing outside the directories is ever sent.
/// </summary>
internal sealed class SendFileRoots
{
    private const string ByPath = "X-Sendfile";
    private static readonly HashSet<string> ByUrl = new(StringComparer.OrdinalIgnoreCase) { "X-Accel-Redirect", "X-LiteSpeed-Location" };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SendFileRoot[] _urls;
    private readonly SendFileRoot[] _directories;
    private readonly FileAnswer _answer;

    /// <summary>Opens the directories.</summary>
    /// <param name="urls">The beginnings of paths, with slashes at both ends, to directories.</param>
    /// <param name="directories">The directories whose files may be named by their path on disk.</param>
    /// <param name="entry">The entry whose scripts these are; directories are relative to its configuration.</param>
    /// <param name="files">Where files are found.</param>
    /// <param name="time">The clock.</param>
    public SendFileRoots(
        IEnumerable<KeyValuePair<string, string>> urls, IEnumerable<string> directories, IPipelineEntry entry, IOpenFileCache files, TimeProvider time)
    {
        _urls = [.. urls.Select(url => new SendFileRoot(url.Key, entry.ResolvePath(url.Value), entry, files)).OrderByDescending(Length)];
        _directories = [.. directories.Select(directory => Path.TrimEndingDirectorySeparator(entry.ResolvePath(directory)))
            .Select(directory => new SendFileRoot(directory.TrimEnd('/') + "/", directory, entry, files)).OrderByDescending(Length)];
        _answer = new FileAnswer(time);

        static int Length(SendFileRoot root) => root.Prefix.Length;
    }

    /// <summary>Opens the directories; <see langword="null"/> where none is configured, and the fields have no meaning.</summary>
    public static SendFileRoots? Create(
        IDictionary<string, string> urls, IList<string> directories, IPipelineEntry entry, IOpenFileCache files, TimeProvider time) =>
        urls.Count + directories.Count > 0 ? new SendFileRoots(urls, directories, entry, files, time) : null;

    /// <summary>Whether a field names a file to be sent; such fields are never the client's.</summary>
    public static bool IsInstruction(string name) => ByUrl.Contains(name) || name.Equals(ByPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>The first field that names a file, or <see langword="null"/>.</summary>
    public static SendFileInstruction? FindInstruction(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (IsInstruction(name) && value.Length > 0)
            {
                return new SendFileInstruction(name, value);
            }
        }

        return null;
    }

    /// <summary>Logs which of the directories are not there.</summary>
    public void Check(IPipelineEntry entry, ILogger logger, string urlOption, string directoryOption)
    {
        foreach (var (roots, option) in new[] { (_urls, urlOption), (_directories, directoryOption) })
        {
            foreach (var root in roots.Where(static root => !Directory.Exists(root.Files.Directory)))
            {
                Log.SendFileDirectoryMissing(logger, entry.ConfigurationPath, option, root.Files.Directory);
            }
        }
    }

    /// <summary>Answers with the file that a script named. Status and fields are the script's.</summary>
    /// <exception cref="HttpException">404: there is none; 403: it must not be sent; and what its conditions and ranges come to.</exception>
    public Task SendAsync(IHttpContext context, SendFileInstruction instruction, string script, ILogger logger, CancellationToken cancellation)
    {
        var file = Find(instruction, out var problem);
        if (problem is null && file?.Kind == FileKind.File)
        {
            return _answer.SendAsync(context, file, cancellation);
        }

        problem ??= file!.Kind switch
        {
            FileKind.Forbidden => "may not be read or leads out of its directory",
            FileKind.Directory => "is a directory",
            _ => "does not exist",
        };
        Log.CannotSendFile(logger, script, context.TraceId, instruction.Field, instruction.Value, problem);
        return Task.FromException(new HttpException(
            file?.Kind == FileKind.Forbidden ? StatusCodes.Forbidden : StatusCodes.NotFound,
            $"{script}: {instruction.Field} names '{instruction.Value}', which {problem}"));
    }

    private IFileEntry? Find(SendFileInstruction instruction, out string? problem)
    {
        var (value, roots) = (instruction.Value, _directories);
        if (ByUrl.Contains(instruction.Field))
        {
            roots = _urls;
            value = value.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? value[..query] : value;
        }

        if (Decode(value) is not { } path)
        {
            problem = "is no UTF-8";
            return null;
        }

        problem = null;
        foreach (var root in roots)
        {
            if (path.StartsWith(root.Prefix, StringComparison.Ordinal))
            {
                return root.Files.Find(path[(root.Prefix.Length - 1)..]);
            }
        }

        problem = "lies in none of the directories that the configuration names for it";
        return null;
    }

    // All of Apache's mod_xsendfile, lighttpd, nginx and LiteSpeed undo percent-encoding. A % that begins none stays.
    private static string? Decode(string value)
    {
        var octets = new byte[value.Length];
        var count = 0;
        for (var index = 0; index < value.Length; index++)
        {
            if (value[index] == '%' && index + 2 < value.Length && char.IsAsciiHexDigit(value[index + 1]) && char.IsAsciiHexDigit(value[index + 2]))
            {
                octets[count++] = Convert.FromHexString(value.AsSpan(index + 1, 2))[0];
                index += 2;
            }
            else
            {
                octets[count++] = (byte)value[index];
            }
        }

        try
        {
            return StrictUtf8.GetString(octets, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null; // No name that a file found here could have.
        }
    }
}
