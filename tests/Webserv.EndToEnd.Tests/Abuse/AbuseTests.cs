using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Abuse;

/// <summary>A small run of <c>tests/abuse</c>, whose report says what holds and what does not.</summary>
public sealed class AbuseTests
{
    [Fact]
    public async Task Abuse_EightOfEachKindAndLargeBodies_HarmNobodyAndLeaveNothing()
    {
        var run = await ExternalProgram.RunAsync(
            ExternalProgram.Find("python3", "python3"),
            [
                "-B", Repository.Path("tests", "Abuse", "abuse.py"), "--no-build", "--no-latency", "--timeout", "1",
                "--each", "8", "--uploads", "8", "--rounds", "2", "--megabytes", "4",
            ],
            timeout: TimeSpan.FromMinutes(4));
        run.Succeeded();
    }
}
