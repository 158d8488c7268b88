using System.Net;
using System.Net.Sockets;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Tests.Transport;

public sealed unsafe class ListeningSocketTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void OpenInternet_AcceptedSocket_SendsSmallSegmentsAtOnceAndHoldsLittleUnsent(string address)
    {
        var sockets = ListeningSocket.OpenInternet(new ListenEndpoint(IPAddress.Parse(address), 0, null), 2, 16, out var port);
        try
        {
            // Whichever of the sockets the system chose for it.
            using var client = new TcpClient(address, port);
            using var accepted = new Socket(new SafeSocketHandle(Accept(sockets), ownsHandle: true));
            Assert.True(accepted.NoDelay);
            Span<byte> unsent = stackalloc byte[sizeof(int)];
            accepted.GetRawSocketOption(LibC.LevelTcp, LibC.OptionNotSentLowAt, unsent);
            Assert.Equal(256 * 1024, BitConverter.ToInt32(unsent));
        }
        finally
        {
            foreach (var socket in sockets)
            {
                _ = LibC.Close(socket);
            }
        }
    }

    private static int Accept(int[] sockets)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            foreach (var socket in sockets)
            {
                var accepted = LibC.Accept(socket, null, null, LibC.SocketCloseOnExec);
                if (accepted >= 0)
                {
                    return accepted;
                }
            }
        }
    }
}
