using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Plugins.FastCgi.Workers;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>Started programs run as whom, and with what, the configuration says.</summary>
public sealed class WorkerLimitsTests
{
    private const string Nobody = "65534";

    // Speaks SCGI on the socket that it makes itself; puts a link in its place when it is asked to.
    private const string Program = """
        import os, socket, sys
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(sys.argv[1])
        listener.listen()
        while True:
            connection, _ = listener.accept()
            head = connection.recv(65536)
            if not head:
                connection.close()
                continue
            if b'/swap' in head:
                os.unlink(sys.argv[1])
                os.symlink('/run/docker.sock', sys.argv[1])
            status = {line.split(':')[0]: line.split()[1:] for line in open('/proc/self/status')}
            said = f"{status['Uid']} {status['Gid']} {status['CapEff']} {status['Umask']} {os.nice(0)} {os.stat(os.path.dirname(sys.argv[1])).st_mode & 0o777:o}"
            connection.sendall(b'A: b\n\n' + said.encode())
            connection.close()
        """;

    private const string Script = """
        <?php
        $status = file_get_contents('/proc/self/status');
        foreach (['Uid', 'Gid', 'Groups', 'CapEff', 'Umask'] as $name) { preg_match("/^$name:\\s*(.*?)\\s*$/m", $status, $found); echo $found[1], '|'; }
        preg_match('/^Max open files +(\\d+)/m', file_get_contents('/proc/self/limits'), $found);
        echo $found[1];
        """;

    public static TheoryData<string> Programs => PhpTests.Programs;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Programs))]
    public async Task Php_Limits_HoldForItsProcesses(string program)
    {
        if (!Accounts.IsRoot)
        {
            await RefusesAsync();
            return;
        }

        await using var site = await GatewaySite.PhpAsync(program, static options =>
        {
            options.Workers = 2;
            options.Limits = new ProcessLimitOptions { User = Nobody, Umask = "027", OpenFiles = 99 };
        });
        Open(site.Root);
        site.Write("a.php", Script);
        Assert.Equal("65534\t65534\t65534\t65534|65534\t65534\t65534\t65534|65534|0000000000000000|0027|99", await site.GetTextAsync("/a.php"));

        // What its user may not read is not there for it.
        site.Write("b.php", "<?php echo 'read';");
        Permit(Path.Join(site.Root, "b.php"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.NotEqual("read", (await site.GetAsync("/b.php")).BodyText);
    }

    [Fact(Timeout = 60_000)]
    public async Task Command_ThatMakesItsSocket_RunsAsTheUserAndIsConnectedToWhateverBecomesOfTheName()
    {
        if (!Accounts.IsRoot)
        {
            await RefusesAsync();
            return;
        }

        var directory = Directory.CreateTempSubdirectory("worker-tests-").FullName;
        Open(directory);
        var program = Path.Join(directory, "app.py");
        await File.WriteAllTextAsync(program, Program, Cancellation);
        IReadOnlyList<int> workers;
        await using (var site = await GatewaySite.ScgiAsync(options =>
        {
            (options.Command, options.Workers) = ($"/usr/bin/python3 {program} {{socket}}", 1);
            options.Limits = new ProcessLimitOptions { User = Nobody, Umask = "077", Niceness = 7 };
        }))
        {
            const string Expected = "['65534', '65534', '65534', '65534'] ['65534', '65534', '65534', '65534'] ['0000000000000000'] ['0077'] 7 700";
            Assert.Equal(Expected, await site.GetTextAsync("/"));
            Assert.Equal(Expected, await site.GetTextAsync("/swap"));
            Assert.Equal(Expected, await site.GetTextAsync("/"));
            workers = site.Service.Workers;
        }

        Assert.All(workers, static pid => Assert.False(Directory.Exists($"/proc/{pid}")));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Pin_WhatIsNoSocketOfTheUser_IsRefused()
    {
        var directory = Directory.CreateTempSubdirectory("worker-tests-").FullName;
        var (socket, link) = (Path.Join(directory, "a.sock"), Path.Join(directory, "link"));
        using (ListeningSocket.Open(socket))
        {
            var user = Accounts.IsRoot ? 0 : uint.Parse(File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture);
            File.CreateSymbolicLink(link, socket);
            File.WriteAllText(Path.Join(directory, "file"), "");
            PinnedSocket.Open(socket, user).Dispose();
            Assert.Throws<IOException>(() => PinnedSocket.Open(socket, user + 1));
            Assert.Throws<IOException>(() => PinnedSocket.Open(link, user));
            Assert.Throws<IOException>(() => PinnedSocket.Open(Path.Join(directory, "file"), user));
            Assert.Throws<IOException>(() => PinnedSocket.Open(Path.Join(directory, "none"), user));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Options_NoSuchUserOrGroup_AreNamed()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(static () => GatewaySite.ScgiAsync(static options =>
            (options.Command, options.Limits) = ("/bin/true", new ProcessLimitOptions { User = "no-such-user", Group = "no-such-group" })));
        Assert.Contains("Limits:User: there is no user 'no-such-user'", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("Limits:Group: there is no group 'no-such-group'", failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task RefusesAsync()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(static () => GatewaySite.ScgiAsync(static options =>
            (options.Command, options.Limits) = ("/bin/true", new ProcessLimitOptions { User = Nobody, Group = Nobody })));
        Assert.Contains("must run as root", failure.ToString(), StringComparison.Ordinal);
    }

    private static void Open(string directory) => Permit(
        directory,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    private static void Permit(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
