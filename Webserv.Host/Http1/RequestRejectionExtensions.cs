namespace Webserv.Host.Http1;

/// <summary>The one mapping from a rejection to its status and to the words of the log.</summary>
internal static class RequestRejectionExtensions
{
    /// <summary>The status that a rejected request is answered with.</summary>
    public static int GetStatusCode(this RequestRejection rejection) => rejection switch
    {
        RequestRejection.MethodNotImplemented => 501,
        RequestRejection.TargetTooLong => 414,
        RequestRejection.VersionNotSupported => 505,
        RequestRejection.HeadTooLarge or RequestRejection.TooManyFields or RequestRejection.TrailerTooLarge => 431,
        RequestRejection.TransferEncodingNotImplemented => 501,
        RequestRejection.ExpectationUnknown => 417,
        RequestRejection.EndpointRetired or RequestRejection.SchemeNotSecured => 421,
        RequestRejection.HeadTimeout or RequestRejection.BodyTimeout or RequestRejection.BodyTooSlow => 408,
        RequestRejection.BodyTooLarge => 413,
        _ => 400,
    };

    /// <summary>What the log says, with the clause that was broken.</summary>
    public static string GetReason(this RequestRejection rejection) => rejection switch
    {
        RequestRejection.RequestLineMalformed => "malformed request line (RFC 9112 section 3)",
        RequestRejection.MethodMalformed => "the method is no token (RFC 9110 section 9.1)",
        RequestRejection.MethodNotImplemented => "CONNECT and TRACE are not implemented (RFC 9110 sections 9.3.6 and 9.3.8)",
        RequestRejection.TargetMalformed => "malformed request-target (RFC 9112 section 3.2)",
        RequestRejection.TargetTooLong => "the request line is longer than Limits.MaxRequestLineSize",
        RequestRejection.VersionNotSupported => "neither HTTP/1.0 nor HTTP/1.1 (RFC 9112 section 2.3)",
        RequestRejection.HeadTooLarge => "the head is larger than Limits.MaxRequestHeadSize",
        RequestRejection.TooManyFields => "more field lines than Limits.MaxRequestFields",
        RequestRejection.FieldNameMalformed => "a field name is no token (RFC 9110 section 5.1)",
        RequestRejection.FieldValueMalformed => "a field value holds a control character (RFC 9110 section 5.5)",
        RequestRejection.LineFeedWithoutCarriageReturn => "a line ends with LF alone (RFC 9112 section 2.2)",
        RequestRejection.ObsoleteLineFolding => "obsolete line folding (RFC 9112 section 5.2)",
        RequestRejection.WhitespaceBeforeColon => "white space between field name and colon (RFC 9112 section 5.1)",
        RequestRejection.FieldRepeated => "a field that may come once came twice (RFC 9110 section 5.3)",
        RequestRejection.HostMissing => "no Host field (RFC 9112 section 3.2)",
        RequestRejection.HostRepeated => "more than one Host field (RFC 9112 section 3.2)",
        RequestRejection.HostMalformed => "malformed Host field or authority (RFC 9112 section 3.2)",
        RequestRejection.ContentLengthMalformed => "malformed Content-Length (RFC 9110 section 8.6)",
        RequestRejection.ContentLengthRepeated => "more than one Content-Length (RFC 9112 section 6.3)",
        RequestRejection.ContentLengthWithTransferEncoding => "Content-Length together with Transfer-Encoding (RFC 9112 section 6.1)",
        RequestRejection.TransferEncodingMalformed => "the transfer coding is not chunked alone (RFC 9112 section 6.1)",
        RequestRejection.TransferEncodingNotImplemented => "a transfer coding other than chunked (RFC 9112 section 6.1)",
        RequestRejection.TransferEncodingInHttp10 => "Transfer-Encoding in an HTTP/1.0 request (RFC 9112 section 6.1)",
        RequestRejection.ExpectationUnknown => "an expectation other than 100-continue (RFC 9110 section 10.1.1)",
        RequestRejection.SchemeNotSecured => "https was asked for on a connection that is not secured (RFC 9110 section 7.4)",
        RequestRejection.EndpointRetired => "the endpoint left the configuration (RFC 9110 section 15.5.20)",
        RequestRejection.HeadTimeout => "the head was not complete within Limits.RequestHeadTimeout",
        RequestRejection.ChunkMalformed => "malformed chunk, chunk extension or trailer field (RFC 9112 section 7.1)",
        RequestRejection.ChunkExtensionTooLong => "chunk extensions are too long (RFC 9112 section 7.1.1)",
        RequestRejection.TrailerTooLarge => "the trailer section is too large (RFC 9112 section 7.1.2)",
        RequestRejection.BodyTooLarge => "the body is larger than MaxRequestBodySize",
        RequestRejection.BodyTimeout => "nothing of the body came within Limits.RequestBodyTimeout",
        RequestRejection.BodyTooSlow => "the body came slower than Limits.MinRequestBodyRate",
        RequestRejection.BodyCutShort => "the client ended the connection within the body (RFC 9112 section 8)",
        _ => "",
    };
}
