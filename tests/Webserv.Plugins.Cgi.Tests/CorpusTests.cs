using Webserv.Fuzzing.Targets;
using Webserv.Fuzzing.Targets.Gateway;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What fuzzing has found worth keeping (tests/fuzz), replayed.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Answer_Corpus_KeepsItsProperties()
    {
        var (inputs, failures) = CorpusReplay.Run(new AnswerTarget());
        Assert.Empty(failures);
        Assert.InRange(inputs, 18, 400);
    }
}
