using Webserv.Fuzzing.Targets;
using Webserv.Fuzzing.Targets.Http1;

namespace Webserv.Host.Tests.Fuzzing;

/// <summary>What fuzzing has found worth keeping (tests/fuzz), replayed.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Head_Corpus_KeepsItsProperties() => Check(new HeadTarget());

    [Fact]
    public void Chunked_Corpus_KeepsItsProperties() => Check(new ChunkedTarget());

    [Fact]
    public void Host_Corpus_KeepsItsProperties() => Check(new HostTarget());

    private static void Check(IFuzzTarget target)
    {
        var (inputs, failures) = CorpusReplay.Run(target);
        Assert.Empty(failures);
        Assert.InRange(inputs, 20, 400);
    }
}
