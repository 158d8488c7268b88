using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Webserv.Host.Configuration;

/// <summary>
/// Reads the JSON of a configuration file: comments and trailing commas allowed, every key once in its object. What is
/// wrong is reported with its line; broken JSON ends the reading with one error.
/// </summary>
internal ref struct JsonSourceReader
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly ConfigurationErrors _errors;
    private readonly Dictionary<string, JsonPlace> _places = new(StringComparer.OrdinalIgnoreCase);
    private Utf8JsonReader _reader;
    private long _counted;
    private int _line = 1;

    private JsonSourceReader(ReadOnlySpan<byte> json, ConfigurationErrors errors)
    {
        _json = json;
        _errors = errors;
        _reader = new Utf8JsonReader(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="content">Its bytes, UTF-8 with or without a byte order mark.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <returns>Where everything stands, or <see langword="null"/> for a file that is no JSON object.</returns>
    public static JsonSourceMap? Read(ReadOnlySpan<byte> content, ConfigurationErrors errors)
    {
        var json = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            errors.AddAt(1, "", "the file is empty; a configuration is a JSON object { \"Webserv\": { … } }");
            return null;
        }

        var valid = ValidLength(json);
        if (valid < json.Length)
        {
            errors.AddAt(json[..valid].Count((byte)'\n') + 1, "", "the file is not UTF-8 text");
            return null;
        }

        var reader = new JsonSourceReader(json, errors);
        try
        {
            return reader.ReadDocument();
        }
        catch (JsonException broken)
        {
            errors.AddAt((int)(broken.LineNumber ?? 0) + 1, "", Describe(broken));
            return null;
        }
    }

    private static int ValidLength(ReadOnlySpan<byte> json)
    {
        if (Utf8.IsValid(json))
        {
            return json.Length;
        }

        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(json[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }

    private static string Describe(JsonException broken)
    {
        // The message ends in "LineNumber: 3 | BytePositionInLine: 4.", both from 0; said here in the words of an editor.
        var end = broken.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var words = (end < 0 ? broken.Message : broken.Message[..end]).TrimEnd('.');
        return string.Create(CultureInfo.InvariantCulture, $"the file is broken JSON at column {(broken.BytePositionInLine ?? 0) + 1}: {words}");
    }

    private JsonSourceMap? ReadDocument()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.AddAt(Line(), "", "the file must hold a JSON object { \"Webserv\": { … } }");
            return null;
        }

        ReadObject("");
        _reader.Read();
        return new JsonSourceMap(_places);
    }

    private void ReadObject(string path)
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var line = Line();
            var key = Text(line, path);
            var keyPath = path.Length == 0 ? key ?? "" : $"{path}:{key}";
            _reader.Read();
            if (key is null)
            {
                _reader.Skip();
            }
            else if (key.Length == 0 || key.Contains(':', StringComparison.Ordinal))
            {
                _errors.AddAt(line, path, key.Length == 0 ? "a key is empty" : $"the key '{key}' holds a colon, which separates keys");
                _reader.Skip();
            }
            else if (_places.TryGetValue(keyPath, out var first))
            {
                _errors.AddAt(line, keyPath, string.Create(CultureInfo.InvariantCulture, $"the key is here a second time; the first is on line {first.Line}"));
                _reader.Skip();
            }
            else
            {
                ReadValue(keyPath, line);
            }
        }
    }

    private void ReadArray(string path)
    {
        for (var index = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; index++)
        {
            ReadValue(string.Create(CultureInfo.InvariantCulture, $"{path}:{index}"), Line());
        }
    }

    private void ReadValue(string path, int line)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _places[path] = new JsonPlace(line, JsonValueKind.Object, null);
                ReadObject(path);
                break;
            case JsonTokenType.StartArray:
                _places[path] = new JsonPlace(line, JsonValueKind.Array, null);
                ReadArray(path);
                break;
            case JsonTokenType.String:
                _places[path] = new JsonPlace(line, JsonValueKind.String, Text(line, path) ?? "");
                break;
            case JsonTokenType.Number:
                _places[path] = new JsonPlace(line, JsonValueKind.Number, System.Text.Encoding.ASCII.GetString(_reader.ValueSpan));
                break;
            case JsonTokenType.True:
                _places[path] = new JsonPlace(line, JsonValueKind.True, "true");
                break;
            case JsonTokenType.False:
                _places[path] = new JsonPlace(line, JsonValueKind.False, "false");
                break;
            default:
                _places[path] = new JsonPlace(line, JsonValueKind.Null, null);
                break;
        }
    }

    private readonly string? Text(int line, string path)
    {
        try
        {
            return _reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape: JSON by its grammar, but no text.
            _errors.AddAt(line, path, "a \\u escape is half of a surrogate pair");
            return null;
        }
    }

    private int Line()
    {
        var start = _reader.TokenStartIndex;
        _line += _json[(int)_counted..(int)start].Count((byte)'\n');
        _counted = start;
        return _line;
    }
}
