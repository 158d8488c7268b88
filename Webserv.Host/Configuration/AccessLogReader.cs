using Microsoft.Extensions.Configuration;
using Webserv.Host.Logging;

namespace Webserv.Host.Configuration;

/// <summary>Reads and checks access logs.</summary>
/// <param name="directory">What relative paths are relative to.</param>
/// <param name="errors">Gets what is wrong.</param>
internal sealed class AccessLogReader(string directory, ConfigurationErrors errors)
{
    private readonly Dictionary<string, AccessLogOptions> _files = [];

    /// <summary>Reads one.</summary>
    /// <param name="shape">As it is written.</param>
    /// <param name="path">Where it stands.</param>
    /// <returns>The log, or <see langword="null"/> where there is to be none or something is wrong.</returns>
    public AccessLogOptions? Read(AccessLogShape shape, string path)
    {
        AllowedRange.Check(shape, path, errors);
        var pathOfFile = ConfigurationPath.Combine(path, nameof(shape.Path));
        if (string.IsNullOrWhiteSpace(shape.Path) || shape.Path.Contains('\0', StringComparison.Ordinal))
        {
            if (!errors.HasErrorBelow(path))
            {
                errors.Add(pathOfFile, $"the path of a file is needed, for example \"logs/access.log\"; \"{AccessLogShape.StandardOutput}\" is standard output, \"{AccessLogShape.Off}\" no access log");
            }

            return null;
        }

        if (shape.Path == AccessLogShape.Off)
        {
            return null;
        }

        var file = shape.Path == AccessLogShape.StandardOutput ? null : Path.GetFullPath(shape.Path, directory);
        if (file is not null && LogFile.Check(file) is { } problem)
        {
            errors.Add(pathOfFile, problem);
            return null;
        }

        var options = new AccessLogOptions
        {
            ConfigurationPath = path,
            Format = shape.Format,
            File = new LogFileOptions(file, ReadMode(shape.FileMode, path), (int)shape.BufferSize, shape.FlushInterval, shape.MaxPending),
        };
        CheckTogether(options);
        return options;
    }

    private UnixFileMode ReadMode(string text, string path)
    {
        const UnixFileMode Writable = UnixFileMode.UserWrite;
        var digits = text.AsSpan().TrimStart('0');
        if (digits.Length == 3 && !digits.ContainsAnyExceptInRange('0', '7'))
        {
            var mode = (UnixFileMode)(((digits[0] - '0') << 6) | ((digits[1] - '0') << 3) | (digits[2] - '0'));
            if (mode.HasFlag(Writable))
            {
                return mode;
            }
        }

        errors.Add(ConfigurationPath.Combine(path, nameof(AccessLogShape.FileMode)), $"'{text}' is no mode that lets the server write the file; write for example \"0640\"");
        return Writable;
    }

    /// <summary>Lines of two formats in one file are of no use to anybody, and a file can be flushed at one pace only.</summary>
    private void CheckTogether(AccessLogOptions options)
    {
        if (!_files.TryAdd(options.File.Path ?? "", options)
            && _files[options.File.Path ?? ""] is var other && (other.Format, other.File) != (options.Format, options.File))
        {
            var line = errors.LineOf(other.ConfigurationPath).ToString(System.Globalization.CultureInfo.InvariantCulture);
            errors.Add(options.ConfigurationPath, $"{options.File.Name} is an access log already, with other settings: {other.ConfigurationPath} on line {line}");
        }
    }
}
