using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Makes pipeline entries of what is written and checks them.</summary>
/// <param name="directory">What relative paths are relative to.</param>
/// <param name="errors">Gets what is wrong.</param>
internal sealed class PipelineReader(string directory, ConfigurationErrors errors)
{
    /// <summary>Reads the entries of a pipeline or branch; an entry that is neither middleware nor branch is left out.</summary>
    public IReadOnlyList<PipelineEntryOptions> Read(IReadOnlyList<PipelineEntryShape> shapes) =>
        [.. shapes.Select(Read).OfType<PipelineEntryOptions>()];

    /// <summary>Reads a root and reports it where it cannot be served.</summary>
    /// <returns>The absolute path, or <see langword="null"/>.</returns>
    public string? ReadRoot(string? text, IConfigurationSection section)
    {
        if (text is null)
        {
            return null;
        }

        if (RootDirectory.Resolve(text, directory, out var path) is { } problem)
        {
            errors.Add(ConfigurationPath.Combine(section.Path, nameof(VirtualServerShape.Root)), problem);
        }

        return path;
    }

    private PipelineEntryOptions? Read(PipelineEntryShape shape)
    {
        var section = ((ILocated)shape).Section;
        var known = CheckKind(shape, section);
        var options = CheckOptions(shape, section);
        WhenCheck.Check(shape.When, At(section, nameof(shape.When)), errors);
        CheckMethods(shape, At(section, nameof(shape.AllowedMethods)));
        var root = ReadRoot(shape.Root, section);
        var branch = shape.Pipeline is null ? null : Read(shape.Pipeline);
        return !known ? null : new PipelineEntryOptions
        {
            ConfigurationPath = section.Path,
            Use = shape.Use,
            Pipeline = branch,
            When = shape.When,
            Options = options,
            Root = root,
            MaxRequestBodySize = shape.MaxRequestBodySize,
            AllowedMethods = shape.AllowedMethods,
            ImplicitHead = shape.ImplicitHead,
        };
    }

    private static string At(IConfigurationSection section, string key) => ConfigurationPath.Combine(section.Path, key);

    // Answers whether it is clear what the entry is.
    private bool CheckKind(PipelineEntryShape shape, IConfigurationSection section)
    {
        if (shape.Use is not null && shape.Pipeline is not null)
        {
            errors.Add(section.Path, "an entry has either Use or Pipeline, not both");
            return false;
        }

        if (shape.Use is null && shape.Pipeline is null)
        {
            var reported = errors.HasErrorBelow(At(section, nameof(shape.Use)))
                || errors.HasErrorBelow(At(section, nameof(shape.Pipeline)))
                || Misspelt.Is(section, nameof(shape.Use), typeof(PipelineEntryShape))
                || Misspelt.Is(section, nameof(shape.Pipeline), typeof(PipelineEntryShape));
            if (!reported)
            {
                errors.Add(section.Path, "an entry needs Use with the name of a middleware, or Pipeline with the entries of a branch");
            }

            return false;
        }

        if (shape.Use is not null && string.IsNullOrWhiteSpace(shape.Use))
        {
            errors.Add(At(section, nameof(shape.Use)), "the name of a middleware is missing");
            return false;
        }

        return true;
    }

    private IConfigurationSection? CheckOptions(PipelineEntryShape shape, IConfigurationSection section)
    {
        if (shape.Options is null || errors.KindOf(shape.Options.Path) == JsonValueKind.Null)
        {
            return null;
        }

        var path = At(section, nameof(shape.Options));
        if (errors.KindOf(shape.Options.Path) != JsonValueKind.Object)
        {
            errors.Add(path, "an object { … } is expected here");
            return null;
        }

        if (shape.Use is null && shape.Pipeline is not null)
        {
            errors.Add(path, "a branch has no options; they belong to the entries of its pipeline");
            return null;
        }

        return shape.Options;
    }

    private void CheckMethods(PipelineEntryShape shape, string path)
    {
        if (shape.AllowedMethods is null)
        {
            return;
        }

        if (shape.AllowedMethods.Count == 0 && !errors.HasErrorBelow(path))
        {
            errors.Add(path, "the list is empty and would let nothing in; leave it out to let in every method");
        }

        WhenCheck.CheckEach(shape.AllowedMethods, path, errors, HttpToken.ProblemOfMethod);
    }
}
