namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>What a record is (FastCGI 1.0 section 8).</summary>
internal enum RecordType : byte
{
    /// <summary>A request begins: role and flags.</summary>
    BeginRequest = 1,

    /// <summary>The server does not want the answer any more.</summary>
    AbortRequest = 2,

    /// <summary>The program has answered, or refuses to.</summary>
    EndRequest = 3,

    /// <summary>A part of the meta-variables.</summary>
    Params = 4,

    /// <summary>A part of the request's body.</summary>
    StandardInput = 5,

    /// <summary>A part of the answer.</summary>
    StandardOutput = 6,

    /// <summary>A part of what the program has to say about it.</summary>
    StandardError = 7,

    /// <summary>A part of the file that a Filter works on.</summary>
    Data = 8,

    /// <summary>What can you do?</summary>
    GetValues = 9,

    /// <summary>The answer to that.</summary>
    GetValuesResult = 10,

    /// <summary>The program does not know a record of request 0.</summary>
    UnknownType = 11,
}
