namespace Webserv.Plugins.FastCgi;

/// <summary>What FastCGI programs are asked to do (FastCGI 1.0 section 6).</summary>
public enum ProgramRole
{
    /// <summary>To answer the request.</summary>
    Responder,

    /// <summary>
    /// To decide about it: with 200 it goes on to the next entry, with what the program said in <c>Variable-*</c> fields as
    /// variables for scripts there; any other answer is the client's.
    /// </summary>
    Authorizer,

    /// <summary>
    /// To answer with what it makes of the file that the path stands for, which it gets behind the request's body. <c>Extensions</c> say
    /// which files those are; requests for others go on to the next entry.
    /// </summary>
    Filter,
}
