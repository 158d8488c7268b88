using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Webserv.Fuzzing;

/// <summary>The inputs that are kept: seeds with names, and what was found, named by its content.</summary>
internal static partial class Corpus
{
    private const int MaxFileSize = 4096;
    private const int MaxSize = 48 * 1024;
    private const int MaxFiles = 120;

    /// <summary>Keeps of what was found the small inputs that take branches no seed and no smaller one takes.</summary>
    /// <param name="name">The target that they are for.</param>
    /// <param name="found">A folder of inputs.</param>
    /// <param name="folder">The corpus; its seeds stay, the rest is replaced.</param>
    public static void Update(string name, string found, string folder)
    {
        using var coverage = new Coverage();
        var target = FuzzTargets.Find(name);
        var seeds = Directory.GetFiles(folder).Where(file => !FoundName().IsMatch(Path.GetFileName(file))).ToArray();

        // Static constructors and caches run once: what they take is nobody's.
        Array.ForEach(seeds, file => coverage.Measure(target, File.ReadAllBytes(file)));
        var known = seeds.SelectMany(file => coverage.Measure(target, File.ReadAllBytes(file))).ToHashSet();
        var old = Directory.GetFiles(folder).Except(seeds).ToArray();
        var inputs = old.Concat(Directory.GetFiles(found)).Select(File.ReadAllBytes)
            .Where(bytes => bytes.Length is > 0 and < MaxFileSize)
            .OrderBy(bytes => bytes.Length)
            .ToArray();
        Array.ForEach(old, File.Delete);
        var size = 0;
        var count = 0;
        foreach (var input in inputs)
        {
            var taken = coverage.Measure(target, input);
            if (size + input.Length > MaxSize || count == MaxFiles || taken.All(known.Contains))
            {
                continue;
            }

            known.UnionWith(taken);
            size += input.Length;
            count++;
            File.WriteAllBytes(Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..12]), input);
        }

        Console.WriteLine($"{target.Name}: {seeds.Length} seeds and {count} of {inputs.Length} found inputs ({size} bytes) take {known.Count} branches");
    }

    [GeneratedRegex("\\A[0-9a-f]{12}\\z")]
    private static partial Regex FoundName();
}
