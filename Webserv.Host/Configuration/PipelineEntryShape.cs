using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>An entry of a pipeline as it is written; <see cref="PipelineEntryOptions"/> is what is made of it.</summary>
[Description("One entry of a pipeline: a middleware (`Use`) or a branch (`Pipeline`), exactly one of the two.")]
internal sealed class PipelineEntryShape : ILocated
{
    [Description("The name of a middleware. An entry has either this or `Pipeline`.")]
    public string? Use { get; set; }

    [Description("The entries of a branch. A request that none of them answers leaves the branch and goes on behind it.")]
    public IReadOnlyList<PipelineEntryShape>? Pipeline { get; set; }

    [Description("Which requests it applies to: those that match one value of every list that is given.")]
    public WhenOptions When { get; set; } = new();

    [Description("The options of the middleware.")]
    public IConfigurationSection? Options { get; set; }

    [Description("A directory of its own, relative to the configuration file. With `When.Path` the literal beginning of the pattern is taken away: `/kapouet/*` on `/srv/www` serves `/kapouet/a` from `/srv/www/a`.")]
    public string? Root { get; set; }

    [Description("Most bytes of a request body; 0 for no limit; more is 413. Without it the branch's or the server's holds.")]
    public ByteSize? MaxRequestBodySize { get; set; }

    [Description("Methods that are let in. Of the others OPTIONS is answered with 204 and a known method with 405, both with Allow; an unknown one with 501. Without the list all are let in.")]
    public IReadOnlyList<string>? AllowedMethods { get; set; }

    [Description("Whether GET in `AllowedMethods` includes HEAD.")]
    public bool ImplicitHead { get; set; } = true;

    IConfigurationSection ILocated.Section { get; set; } = null!;
}
