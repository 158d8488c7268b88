using System.Diagnostics.CodeAnalysis;

namespace Webserv.Samples.NotesApi;

/// <summary>The notes of an entry, in memory: they are gone when the plugin is replaced.</summary>
internal sealed class NoteStore(int capacity, TimeProvider time)
{
    private readonly Lock _lock = new();

    // In the order of their ids, since every new one is the largest.
    private readonly List<Note> _notes = [];
    private long _lastId;

    /// <summary>The notes with larger ids, up to a number of them.</summary>
    public IReadOnlyList<Note> GetAfter(long id, int count)
    {
        lock (_lock)
        {
            var start = id == long.MaxValue ? _notes.Count : FirstFrom(id + 1);
            return _notes.GetRange(start, Math.Min(count, _notes.Count - start));
        }
    }

    public bool TryGet(long id, [NotNullWhen(true)] out Note? note)
    {
        lock (_lock)
        {
            note = Find(id) is >= 0 and var index ? _notes[index] : null;
            return note is not null;
        }
    }

    /// <returns>Null: there is no room.</returns>
    public Note? Add(NoteInput input)
    {
        lock (_lock)
        {
            if (_notes.Count >= capacity)
            {
                return null;
            }

            var note = new Note(++_lastId, input.Title, input.Text, time.GetUtcNow(), 1);
            _notes.Add(note);
            return note;
        }
    }

    /// <summary>Replaces a note if what is there is what the caller expects.</summary>
    /// <returns>Whether it was there, and what is there now: the new one, or the one that was not expected.</returns>
    public (bool Found, bool Done, Note? Note) Replace(long id, NoteInput input, Predicate<Note> isExpected)
    {
        lock (_lock)
        {
            if (Find(id) is not (>= 0 and var index))
            {
                return default;
            }

            var old = _notes[index];
            return isExpected(old)
                ? (true, true, _notes[index] = old with { Title = input.Title, Text = input.Text, Changed = time.GetUtcNow(), Version = old.Version + 1 })
                : (true, false, old);
        }
    }

    /// <summary>Removes a note if what is there is what the caller expects.</summary>
    public (bool Found, bool Done) Remove(long id, Predicate<Note> isExpected)
    {
        lock (_lock)
        {
            if (Find(id) is not (>= 0 and var index))
            {
                return default;
            }

            var done = isExpected(_notes[index]);
            if (done)
            {
                _notes.RemoveAt(index);
            }

            return (true, done);
        }
    }

    private int Find(long id) => FirstFrom(id) is var index && index < _notes.Count && _notes[index].Id == id ? index : -1;

    private int FirstFrom(long id)
    {
        var (low, high) = (0, _notes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _notes[middle].Id < id ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
