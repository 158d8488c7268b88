using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Tests.Configuration;

/// <summary>Options as a plugin may have them: one property for every type that can be bound.</summary>
public sealed class BinderOptions
{
    private int _even;

    public string Text { get; set; } = "default";

    public string? NullableText { get; set; } = "default";

    public bool Flag { get; set; }

    public byte Small { get; init; }

    public long Large { get; set; }

    public ulong Huge { get; set; }

    public double Fraction { get; set; }

    public decimal Exact { get; set; }

    public DayOfWeek Day { get; set; }

    public TimeSpan Time { get; set; }

    public ByteSize Size { get; set; }

    public Uri? Address { get; set; }

    public int? Maybe { get; set; } = 5;

    public TimeSpan? MaybeTime { get; set; }

    public string[] Array { get; set; } = ["default"];

    public List<int> List { get; set; } = [1, 2, 3];

    public IReadOnlyList<BinderItem> Items { get; set; } = [];

    public ISet<string> Set { get; set; } = new HashSet<string>();

    public Dictionary<string, string> Map { get; set; } = new(StringComparer.OrdinalIgnoreCase) { ["default"] = "x" };

    public IReadOnlyDictionary<int, ByteSize> ByNumber { get; set; } = new Dictionary<int, ByteSize>();

    public IDictionary<string, string[]> Lists { get; set; } = new Dictionary<string, string[]>();

    public BinderItem Inner { get; set; } = new();

    public List<string> OnlyGot { get; } = ["default"];

    public Dictionary<string, int> OnlyGotMap { get; } = new() { ["default"] = 1 };

    public BinderItem OnlyGotInner { get; } = new();

    public int Even
    {
        get => _even;
        set => _even = value % 2 == 0 ? value : throw new ArgumentException("only even numbers");
    }

    public int Computed => _even + 1;

    public object? Anything { get; set; }
}
