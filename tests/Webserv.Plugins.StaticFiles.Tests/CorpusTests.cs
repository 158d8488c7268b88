using Webserv.Fuzzing.Targets;
using Webserv.Fuzzing.Targets.StaticFiles;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>What fuzzing has found worth keeping (tests/fuzz), replayed.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Range_Corpus_KeepsItsProperties() => Check(new RangeTarget());

    [Fact]
    public void Date_Corpus_KeepsItsProperties() => Check(new DateTarget());

    [Fact]
    public void Encoding_Corpus_KeepsItsProperties() => Check(new EncodingTarget());

    private static void Check(IFuzzTarget target)
    {
        var (inputs, failures) = CorpusReplay.Run(target);
        Assert.Empty(failures);
        Assert.InRange(inputs, 18, 400);
    }
}
