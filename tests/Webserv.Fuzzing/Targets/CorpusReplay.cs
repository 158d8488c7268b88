using System.Runtime.CompilerServices;

namespace Webserv.Fuzzing.Targets;

/// <summary>Runs a target on its committed corpus, for the ordinary tests.</summary>
internal static class CorpusReplay
{
    /// <summary>Runs every input as it is, every beginning of it, and every input with one bit turned over.</summary>
    /// <returns>How many inputs the corpus has, and those that break a property, with how.</returns>
    public static (int Inputs, List<string> Failures) Run(IFuzzTarget target)
    {
        var failures = new List<string>();
        var files = Directory.GetFiles(Path.Combine(Root(), "Corpora", target.Name));
        foreach (var file in files)
        {
            var input = File.ReadAllBytes(file);
            Try(target, input, file, "whole", failures);
            for (var place = 0; place < input.Length; place++)
            {
                Try(target, input.AsSpan(0, place), file, $"its first {place} octets", failures);
                var turned = (byte[])input.Clone();
                turned[place] ^= (byte)(1 << (place & 7));
                Try(target, turned, file, $"with octet {place} changed", failures);
            }
        }

        return (files.Length, failures);
    }

    private static void Try(IFuzzTarget target, ReadOnlySpan<byte> input, string file, string how, List<string> failures)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception exception) when (failures.Count < 20)
        {
            // The first are enough to see what is wrong; with many, the next one ends the test.
            failures.Add($"{Path.GetFileName(file)}, {how}: {exception}");
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, ".."));
}
