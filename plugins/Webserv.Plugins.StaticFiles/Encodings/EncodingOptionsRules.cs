using Webserv.Abstractions.Configuration;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>Checks the options of codings.</summary>
internal static class EncodingOptionsRules
{
    private const int MostCompressions = 1024;

    private static readonly ByteSize LargestFile = ByteSize.FromMegabytes(256);

    /// <summary>Says all that is wrong, each with the path of its option.</summary>
    public static void AddFailures(StaticFilesOptions options, List<string> failures)
    {
        AddFailures("Precompressed", options.Precompressed, failures);
        var compression = options.Compression;
        AddFailures("Compression:Codings", compression.Codings, failures);
        if (compression.MaxSize.Bytes > LargestFile.Bytes)
        {
            failures.Add($"Compression:MaxSize: {compression.MaxSize} is more than {LargestFile}");
        }

        if (compression.MinSize.Bytes > compression.MaxSize.Bytes)
        {
            failures.Add($"Compression:MinSize: {compression.MinSize} is more than MaxSize, {compression.MaxSize}");
        }

        if (compression.MaxConcurrent is < 0 or > MostCompressions)
        {
            failures.Add($"Compression:MaxConcurrent: {compression.MaxConcurrent} is not within 0 to {MostCompressions}");
        }

        if (!Enum.IsDefined(compression.Effort))
        {
            failures.Add($"Compression:Effort: '{compression.Effort}' is none of {string.Join(", ", Enum.GetNames<CompressionEffort>())}");
        }
    }

    private static void AddFailures(string path, IList<string> codings, List<string> failures)
    {
        for (var i = 0; i < codings.Count; i++)
        {
            if (ContentCoding.Find(codings[i]) is null)
            {
                failures.Add($"{path}:{i}: '{codings[i]}' is none of {string.Join(", ", ContentCoding.All.Select(coding => coding.Name))}");
            }
        }
    }
}
