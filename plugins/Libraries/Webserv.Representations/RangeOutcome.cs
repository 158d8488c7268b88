namespace Webserv.Representations;

/// <summary>What a Range field comes to.</summary>
internal enum RangeOutcome
{
    /// <summary>It is absent, malformed, of another unit, or asks for too many parts: everything is sent.</summary>
    Whole,

    /// <summary>One part is sent: 206.</summary>
    Part,

    /// <summary>Several parts are sent: 206 with multipart/byteranges.</summary>
    Parts,

    /// <summary>There is nothing in it: 416.</summary>
    NotSatisfiable,
}
