using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.StaticFiles;
using Webserv.Representations;

namespace Webserv.Fuzzing.Targets.StaticFiles;

/// <summary>What must hold of one text as the value of each conditional field in turn.</summary>
internal static class ConditionChecks
{
    private static readonly Entry File = new();

    /// <summary>Checks a value.</summary>
    /// <exception cref="BrokenPropertyException">Something does not hold.</exception>
    public static void Run(string value)
    {
        var now = TimeProvider.System;
        var isDate = HttpDate.TryParse(value, now.GetUtcNow(), out var date);
        var trimmed = value.Trim(' ', '\t');
        BrokenPropertyException.ThrowIfDifferent(
            trimmed == File.EntityTag || (isDate && date == File.LastModified),
            Preconditions.AllowRange(new Field(Fields.IfRange, value), File, now),
            Fields.IfRange);
        BrokenPropertyException.ThrowIfDifferent(
            EntityTagList.Matches(value, File.EntityTag, isWeakComparison: false) ? Precondition.Holds : Precondition.Failed,
            Preconditions.Evaluate(new Field(Fields.IfMatch, value), File, now),
            Fields.IfMatch);
        BrokenPropertyException.ThrowIfDifferent(
            EntityTagList.Matches(value, File.EntityTag, isWeakComparison: true) ? Precondition.NotModified : Precondition.Holds,
            Preconditions.Evaluate(new Field(Fields.IfNoneMatch, value), File, now),
            Fields.IfNoneMatch);
        BrokenPropertyException.ThrowIfDifferent(
            isDate && date < File.LastModified ? Precondition.Failed : Precondition.Holds,
            Preconditions.Evaluate(new Field(Fields.IfUnmodifiedSince, value), File, now),
            Fields.IfUnmodifiedSince);
        BrokenPropertyException.ThrowIfDifferent(
            isDate && date >= File.LastModified ? Precondition.NotModified : Precondition.Holds,
            Preconditions.Evaluate(new Field(Fields.IfModifiedSince, value), File, now),
            Fields.IfModifiedSince);
    }

    private sealed class Entry : IFileEntry
    {
        public FileKind Kind => FileKind.File;

        public string PhysicalPath => "/a";

        public long Length => 10;

        public DateTimeOffset LastModified { get; } = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);

        public string LastModifiedField => "Sun, 06 Nov 1994 08:49:37 GMT";

        public string EntityTag => "\"a-1\"";
    }

    /// <summary>A request with one field.</summary>
    private sealed class Field(string name, string value) : IHeaderCollection
    {
        public int Count => 1;

        public StringValues this[string field]
        {
            get => Contains(field) ? value : StringValues.Empty;
            set => throw new NotSupportedException();
        }

        public bool Contains(string field) => field.Equals(name, StringComparison.OrdinalIgnoreCase);

        public void Append(string field, string text) => throw new NotSupportedException();

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => throw new NotSupportedException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
