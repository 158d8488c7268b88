using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Webserv.Host.Tests.Protocol;

/// <summary>Reads the tables; their format stands in <c>Tables/README.md</c>.</summary>
internal static partial class ConformanceTable
{
    private const char Hole = '\uFFFF';

    public static readonly string[] Sections = ["start-line", "fields", "framing", "connection", "methods"];

    private static readonly Dictionary<string, IReadOnlyList<ConformanceRow>> Tables = Sections.ToDictionary(section => section, Load);

    /// <summary>The rows of a section.</summary>
    public static IReadOnlyList<ConformanceRow> Get(string section) => Tables[section];

    /// <summary>The rows of all sections.</summary>
    public static IEnumerable<ConformanceRow> All => Tables.Values.SelectMany(rows => rows);

    private static IReadOnlyList<ConformanceRow> Load(string section)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Protocol", "Tables", section + ".txt");
        var rows = new List<ConformanceRow>();
        var block = new List<string>();
        var number = 0;
        foreach (var line in File.ReadLines(file).Append("["))
        {
            number++;
            if (line.StartsWith('[') && block.Count > 0)
            {
                try
                {
                    rows.AddRange(Parse(section, block));
                }
                catch (FormatException exception)
                {
                    throw new FormatException($"{file}, before line {number}: {exception.Message}", exception);
                }

                block.Clear();
            }

            if (line.Length > 0 && !line.StartsWith('#'))
            {
                block.Add(line);
            }
        }

        return rows;
    }

    private static IEnumerable<ConformanceRow> Parse(string section, List<string> block)
    {
        var head = HeadLine().Match(block[0]);
        if (!head.Success)
        {
            throw new FormatException($"'{block[0]}' is no '[id] clause level'");
        }

        var (id, clause, level) = ($"{section}.{head.Groups[1].Value}", head.Groups[2].Value, head.Groups[3].Value);
        var variants = block.Where(line => line.StartsWith("? ", StringComparison.Ordinal) || line == "?").Select(line => line.Length > 2 ? line[2..] : "").ToArray();
        if (variants.Length == 0)
        {
            yield return Make(id, clause, level, block, "");
        }

        foreach (var variant in variants)
        {
            yield return Make($"{id}({variant})", clause, level, block, variant);
        }
    }

    private static ConformanceRow Make(string id, string clause, string level, List<string> block, string variant)
    {
        var steps = new List<ConformanceStep>();
        var octets = new StringBuilder();
        var answers = new List<ExpectedAnswer>();
        var (endsInput, splits) = (false, true);
        ConnectionEnd? end = null;
        foreach (var raw in block.Skip(1))
        {
            var line = raw.Replace("{?}", variant, StringComparison.Ordinal);
            var text = line.Length > 2 ? line[2..] : "";
            if (line[0] is '>' or '|' && answers.Count > 0)
            {
                steps.Add(new ConformanceStep(octets.ToString(), endsInput, [.. answers]));
                octets.Clear();
                answers.Clear();
            }

            switch (line[0])
            {
                case '>' or '|':
                    octets.Append(Unescape(text)).Append(line[0] == '>' ? "\r\n" : "");
                    break;
                case '~':
                    splits = false;
                    break;
                case '^':
                    endsInput = true;
                    break;
                case '<':
                    var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (words is [_, ..] && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                    {
                        answers.Add(new ExpectedAnswer(status, words.Contains("head"), [], null));
                    }

                    end = words.Contains("kept") ? ConnectionEnd.Kept : words.Contains("closed") ? ConnectionEnd.Closed : end;
                    break;
                case ':':
                    var field = text.Split(": ", 2);
                    answers[^1] = answers[^1] with { Fields = [.. answers[^1].Fields, field[0].StartsWith('!') ? (field[0][1..], null) : (field[0], Unescape(field[1]))] };
                    break;
                case '=':
                    answers[^1] = answers[^1] with { Body = Unescape(text) };
                    break;
                case '?':
                    break;
                default:
                    throw new FormatException($"'{raw}' begins with no known sign");
            }
        }

        steps.Add(new ConformanceStep(octets.ToString(), endsInput, answers));
        return new ConformanceRow(id, clause, level, steps, splits, end ?? throw new FormatException($"{id} does not say 'kept' or 'closed'"));
    }

    private static string Unescape(string text)
    {
        text = Repetition().Replace(text, match => string.Concat(Enumerable.Repeat(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))));
        text = text.Replace("\\\\", Hole.ToString(), StringComparison.Ordinal);
        text = Octet().Replace(text, match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
        return text.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\0", "\0", StringComparison.Ordinal).Replace("\\s", " ", StringComparison.Ordinal)
            .Replace(Hole, '\\');
    }

    [GeneratedRegex(@"^\[([^\]]+)\] +(.+?) +(MUST|SHOULD|MAY|own)$")]
    private static partial Regex HeadLine();

    [GeneratedRegex(@"\{\{(.+?)\*(\d+)\}\}")]
    private static partial Regex Repetition();

    [GeneratedRegex(@"\\x([0-9A-Fa-f]{2})")]
    private static partial Regex Octet();
}
