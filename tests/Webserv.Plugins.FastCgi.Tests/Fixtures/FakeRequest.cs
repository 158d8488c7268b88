using System.Text;

namespace Webserv.Plugins.FastCgi.Tests.Fixtures;

/// <summary>A request as the fake program read it.</summary>
internal sealed class FakeRequest(int id, int role, byte flags)
{
    public int Id { get; } = id;

    public int Role { get; } = role;

    public byte Flags { get; } = flags;

    public MemoryStream Params { get; } = new();

    public MemoryStream Body { get; } = new();

    public MemoryStream Data { get; } = new();

    public Dictionary<string, string> Variables
    {
        get
        {
            var variables = new Dictionary<string, string>();
            var data = Params.ToArray();
            for (var i = 0; i < data.Length;)
            {
                var (name, value) = (Length(), Length());
                variables.Add(Encoding.UTF8.GetString(data, i, name), Encoding.UTF8.GetString(data, i + name, value));
                i += name + value;

                int Length() => data[i] < 128
                    ? data[i++]
                    : ((data[i++] & 0x7F) << 24) + (data[i++] << 16) + (data[i++] << 8) + data[i++];
            }

            return variables;
        }
    }
}
