namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>What a program is asked to do with a request (FastCGI 1.0 section 6).</summary>
internal enum Role : ushort
{
    /// <summary>To answer it.</summary>
    Responder = 1,

    /// <summary>To let it pass or not.</summary>
    Authorizer = 2,

    /// <summary>To answer it with what it makes of a file that it is sent.</summary>
    Filter = 3,
}
