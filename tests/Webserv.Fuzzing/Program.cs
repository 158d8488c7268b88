using SharpFuzz;
using Webserv.Fuzzing;
using Webserv.Fuzzing.Targets;

// Called by tests/fuzz, which says what for.
switch (args)
{
    case ["list"]:
        Console.WriteLine(string.Join('\n', FuzzTargets.Names));
        return 0;
    case ["instrument", var assembly, .. var prefixes]:
        var types = Fuzzer.Instrument(
            assembly, name => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)), Options.Value);
        Console.WriteLine($"{Path.GetFileName(assembly)}: {types.Count()} types");
        return types.Any() ? 0 : 1;
    case ["fuzz", var name]:
        IFuzzTarget? fuzzed = null;
        Fuzzer.Run(stream =>
        {
            // Not before: what is instrumented writes to memory that Run sets up.
            fuzzed ??= FuzzTargets.Find(name);
            using var input = new MemoryStream();
            stream.CopyTo(input);
            fuzzed.Run(input.GetBuffer().AsSpan(0, (int)input.Length));
        });
        return 0;
    case ["keep", var name, var found, var folder]:
        Corpus.Update(name, found, folder);
        return 0;
    case ["replay", var name, .. var files]:
        var failures = 0;
        foreach (var file in files)
        {
            var target = FuzzTargets.Find(name);
            var reduced = Reduction.Reduce(target, File.ReadAllBytes(file));
            if (Reduction.Failure(target, reduced) is { } failure)
            {
                failures++;
                Console.WriteLine($"{file}\n  {Convert.ToHexStringLower(reduced)}\n  {failure}");
            }
        }

        Console.WriteLine($"{failures} of {files.Length} inputs fail");
        return failures == 0 ? 0 : 1;
    default:
        await Console.Error.WriteLineAsync("list | instrument ASSEMBLY PREFIX... | fuzz TARGET | keep TARGET FOUND FOLDER | replay TARGET FILE...");
        return 2;
}
