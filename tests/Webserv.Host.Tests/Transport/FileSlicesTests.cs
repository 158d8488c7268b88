using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Tests.Transport;

public sealed class FileSlicesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(15, 2)]
    [InlineData(1_000_000, 2)]
    public void Take_HoweverManyWait_ATurnHasTheSameShare(int waiting, int slices)
    {
        var share = new FileSlices();
        share.BeginTurn();
        var sent = 0L;
        var taken = 0;
        for (; share.IsLeft; taken++)
        {
            sent += share.Take(waiting);
        }

        Assert.Equal((slices, 512 * 1024), (taken, sent));
        share.BeginTurn();
        Assert.True(share.IsLeft);
    }
}
