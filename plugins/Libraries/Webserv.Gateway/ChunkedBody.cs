namespace Webserv.Gateway;

/// <summary>What happens to a request body whose length is not known before it has been read.</summary>
public enum ChunkedBody
{
    /// <summary>It is read whole, into memory and then a temporary file, before the script starts, which then gets <c>CONTENT_LENGTH</c>.</summary>
    Spool,

    /// <summary>It is passed on as it arrives, without <c>CONTENT_LENGTH</c>; the script reads to end-of-file.</summary>
    Stream,
}
