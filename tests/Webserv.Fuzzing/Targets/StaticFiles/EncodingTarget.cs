using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Webserv.Plugins.StaticFiles.Encodings;

namespace Webserv.Fuzzing.Targets.StaticFiles;

/// <summary>Accept-Encoding fields. Each line of the input is a line of the field.</summary>
internal sealed partial class EncodingTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "encoding";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        var lines = Encoding.Latin1.GetString(input).Split('\n');
        var accepted = AcceptEncoding.Parse(lines);
        var expected = Reference(lines);
        foreach (var coding in ContentCoding.All)
        {
            BrokenPropertyException.ThrowIfDifferent(Weight(expected, coding.Name) ?? 0, accepted[coding], coding.Name);
        }

        BrokenPropertyException.ThrowIfDifferent(Weight(expected, "identity"), accepted.Identity, "identity");
        BrokenPropertyException.ThrowIfDifferent(Weight(expected, "identity") != 0, accepted.AllowsIdentity, "whether identity is allowed");

        var joined = AcceptEncoding.Parse(" ," + string.Join("\t,", lines) + ", ");
        foreach (var coding in ContentCoding.All)
        {
            BrokenPropertyException.ThrowIfDifferent(accepted[coding], joined[coding], "in one line");
        }

        BrokenPropertyException.ThrowIfDifferent(accepted.Identity, joined.Identity, "in one line");
    }

    /// <summary>The weights by name, as the grammar of RFC 9110 sections 5.6.1, 12.4.2 and 12.5.3 has them.</summary>
    private static Dictionary<string, int> Reference(string[] lines)
    {
        var weights = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var element in lines.SelectMany(line => line.Split(',')))
        {
            if (element.Trim(' ', '\t').Length == 0)
            {
                continue;
            }

            var match = Element().Match(element);
            if (!match.Success)
            {
                return [];
            }

            var name = match.Groups[1].Value.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? "gzip" : match.Groups[1].Value;
            var weight = match.Groups[2].Success ? (int)(decimal.Parse(match.Groups[2].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * 1000) : 1000;
            weights[name] = Math.Max(weight, weights.GetValueOrDefault(name));
        }

        return weights;
    }

    private static int? Weight(Dictionary<string, int> weights, string name) =>
        weights.TryGetValue(name, out var own) ? own : weights.TryGetValue("*", out var others) ? others : null;

    [GeneratedRegex("""\A[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*\z""", RegexOptions.CultureInvariant)]
    private static partial Regex Element();
}
