using Webserv.Host.Files;
using Webserv.Host.Server.Watching;

namespace Webserv.Host.Tests.Server.Watching;

public sealed class FileStatesTests : IDisposable
{
    private static readonly DateTime Clamped = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly string _folder = Directory.CreateTempSubdirectory("webserv-tests-").FullName;
    private readonly string _file;

    public FileStatesTests()
    {
        _file = Path.Combine(_folder, "appsettings.json");
        Write(_file, "one");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ChangedSince_AnotherFileOfTheSameLengthAndTime_IsAChange(bool isRenamed)
    {
        var before = Take();
        var changed = FileChangeTime.Of(_file);
        do
        {
            // Until the clock of the file system has gone on.
            var written = isRenamed ? _file + ".new" : _file;
            Write(written, "two");
            File.Move(written, _file, overwrite: true);
        }
        while (FileChangeTime.Of(_file) == changed);

        Assert.Equal([_file], Take().ChangedSince(before));
    }

    [Fact]
    public void ChangedSince_FileThatIsOnlyRead_IsNone()
    {
        var before = Take();
        Assert.Equal("one", File.ReadAllText(_file));
        Assert.Empty(Take().ChangedSince(before));
    }

    private FileStates Take() => FileStates.Take(_file, null, _folder);

    private static void Write(string file, string text)
    {
        File.WriteAllText(file, text);
        File.SetLastWriteTimeUtc(file, Clamped);
    }
}
