namespace Webserv.Samples.NotesApi;

/// <summary>Ends a request with problem details.</summary>
internal sealed class ProblemException(int status, string detail, IReadOnlyDictionary<string, string>? errors = null) : Exception(detail)
{
    public int Status { get; } = status;

    public IReadOnlyDictionary<string, string>? Errors { get; } = errors;
}
