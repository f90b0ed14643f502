package diagnose

import "strings"

// Cause is the name of something that a client got wrong. Names are of the wire and
// stay what they are.
type Cause string

// What may be wrong; api/definition/doctor.yaml says what each means.
const (
	ClockSkew         Cause = "ClockSkew"
	TimestampUnit     Cause = "TimestampUnit"
	TimestampSigned   Cause = "TimestampSigned"
	DateNotUTC        Cause = "DateNotUTC"
	HostPort          Cause = "HostPort"
	HostName          Cause = "HostName"
	ContentType       Cause = "ContentType"
	PayloadChanged    Cause = "PayloadChanged"
	PayloadEmpty      Cause = "PayloadEmpty"
	PayloadUnsigned   Cause = "PayloadUnsigned"
	QueryForm         Cause = "QueryForm"
	Path              Cause = "Path"
	Method            Cause = "Method"
	HeaderForm        Cause = "HeaderForm"
	HeaderMissing     Cause = "HeaderMissing"
	HeadersNotSigned  Cause = "HeadersNotSigned"
	CanonicalForm     Cause = "CanonicalForm"
	WrongService      Cause = "WrongService"
	Terminator        Cause = "Terminator"
	KeyPrefix         Cause = "KeyPrefix"
	DerivedKey        Cause = "DerivedKey"
	WrongKey          Cause = "WrongKey"
	KeyWhitespace     Cause = "KeyWhitespace"
	SignatureForm     Cause = "SignatureForm"
	Algorithm         Cause = "Algorithm"
	ParameterOrder    Cause = "ParameterOrder"
	ParameterEncoded  Cause = "ParameterEncoded"
	ParameterLeftOut  Cause = "ParameterLeftOut"
	QuestionMark      Cause = "QuestionMark"
	UnknownKey        Cause = "UnknownKey"
	DisabledKey       Cause = "DisabledKey"
	TokenMissing      Cause = "TokenMissing"
	TokenInvalid      Cause = "TokenInvalid"
	TokenExpired      Cause = "TokenExpired"
	TokenUnexpected   Cause = "TokenUnexpected"
	AuthorizationForm Cause = "AuthorizationForm"
)

// texts say what is wrong and what to do, in the order of the definition.
var texts = []struct {
	cause  Cause
	en, zh string
}{
	{
		ClockSkew,
		"The time of the request is more than 300 seconds from the server's. Set the clock of " +
			"the client by NTP and sign each request when it is sent.",
		"请求时间与服务器时间相差超过 300 秒。请校准客户端时钟（NTP），并在发送时签名。",
	},
	{
		TimestampUnit,
		"The timestamp is not in seconds. Send Unix time in seconds, without milliseconds.",
		"时间戳单位不是秒。请使用以秒为单位的 Unix 时间戳。",
	},
	{
		TimestampSigned,
		"Another timestamp was signed than the one that was sent. Ask the clock once and use " +
			"that time for both.",
		"参与签名的时间戳与发送的时间戳不同。请只取一次时间并用于两处。",
	},
	{
		DateNotUTC,
		"The date signed is not the UTC date of the timestamp. Make the date of the credential " +
			"scope from the timestamp in UTC, not in local time.",
		"签名中的日期不是时间戳对应的 UTC 日期。请按 UTC（而非本地时区）计算凭证范围中的日期。",
	},
	{
		HostPort,
		"The host was signed with another port, or without one, than the Host header has. Sign " +
			"the Host header as it is sent.",
		"参与签名的 Host 端口与请求头 Host 不一致。请对实际发送的 Host 签名。",
	},
	{
		HostName,
		"Another host was signed than the one in the Host header. Sign the Host header as it is " +
			"sent; a proxy on the way has to keep it.",
		"参与签名的 Host 与请求头 Host 不一致。请对实际发送的 Host 签名；途经的代理须保留 " +
			"Host。",
	},
	{
		ContentType,
		"Another Content-Type was signed than the one that was sent. Set the header yourself: " +
			"HTTP libraries add a charset, or choose one by the body.",
		"参与签名的 Content-Type 与实际发送的不一致。请显式设置该请求头：HTTP 库可能自动添" +
			"加 charset 或自行选择类型。",
	},
	{
		PayloadChanged,
		"Another body was signed than the one that arrived. Write the JSON once, sign those " +
			"bytes and send the same bytes.",
		"参与签名的请求体与到达的不一致。请只序列化一次 JSON，对同一份字节签名并发送。",
	},
	{
		PayloadEmpty,
		"An empty body was signed, but one was sent. Hash the body that is sent.",
		"签名时使用了空请求体，但实际发送了内容。请对实际发送的请求体计算哈希。",
	},
	{
		PayloadUnsigned,
		"UNSIGNED-PAYLOAD was signed without the header X-TC-Content-SHA256: UNSIGNED-PAYLOAD, " +
			"or sent and not signed, or not hashed. Do both or neither, and hash the text.",
		"UNSIGNED-PAYLOAD 的签名与请求头 X-TC-Content-SHA256 不一致，或" +
			"未计算其哈希。二者须同时使用或都不使用。",
	},
	{
		QueryForm,
		"The query was signed in another order or encoding than it was sent, or, with POST, at " +
			"all. Sign the text behind the question mark as it is sent; with POST an empty line.",
		"参与签名的查询字符串与发送的顺序或编码不同，或 POST 请求签入了查询字符串。GET 请按发送的原" +
			"文签名，POST 该行为空。",
	},
	{
		Path,
		"Another path was signed. TC3 signs / whatever the path is; v1 signs the path that is " +
			"sent.",
		"参与签名的路径不正确。TC3 始终为 /，v1 为实际发送的路径。",
	},
	{
		Method,
		"Another method was signed than the one that was used. It is written in capitals.",
		"参与签名的请求方法与实际方法不一致。方法须大写。",
	},
	{
		HeaderForm,
		"The signed headers are written in another way: names are in lower case and sorted, " +
			"there is no space behind the colon, and each is named in SignedHeaders.",
		"参与签名的请求头写法不正确：名称须小写并排序，冒号后无空格，且与 SignedHeaders 一致。",
	},
	{
		HeaderMissing,
		"SignedHeaders names a header that did not arrive. Send it, or do not sign it; a proxy " +
			"may have removed it.",
		"SignedHeaders 中的请求头未到达服务器。请发送该请求头或不对其签名；也可能被代理移除。",
	},
	{
		HeadersNotSigned,
		"SignedHeaders has to name content-type and host.",
		"SignedHeaders 必须包含 content-type 和 host。",
	},
	{
		CanonicalForm,
		"A line of the canonical request is missing or added, or a hash is not its SHA-256 in " +
			"lower-case hexadecimal. An empty line follows the headers, and nothing the hash of the " +
			"body.",
		"规范请求串缺行或多行，或哈希不是小写十六进制的 SHA-256。请求头之后须有一个空行，请求体哈希之" +
			"后不得有内容。",
	},
	{
		WrongService,
		"Another service was signed than the one that the action belongs to, or two different " +
			"ones. Use the service of the version for the scope and for the key.",
		"签名中的服务名与接口所属服务不一致，或两处不同。凭证范围与派生密钥须使用同一服务名。",
	},
	{
		Terminator,
		"The credential scope and the last step of the key have to end in tc3_request.",
		"凭证范围和派生密钥的最后一步须为 tc3_request。",
	},
	{
		KeyPrefix,
		"The first key is not TC3 and the secret key put together (with v1 it is the secret key " +
			"alone).",
		"派生的第一步密钥须为 TC3 与 SecretKey 的拼接（v1 仅使用 SecretKey）。",
	},
	{
		DerivedKey,
		"The steps of the signing key are not chained as bytes: each takes the bytes of the last " +
			"result, not its hexadecimal text, and the secret key itself does not sign.",
		"派生密钥的步骤不正确：每一步须使用上一步结果的原始字节，而非十六进制文本，也不能直接用 Secret" +
			"Key 签名。",
	},
	{
		WrongKey,
		"The secret of another key of the same user signed, or the SecretId in its place. Take " +
			"SecretId and SecretKey of one pair.",
		"使用了同一用户的另一密钥的 SecretKey，或误用了 SecretId。请使用同一对密钥。",
	},
	{
		KeyWhitespace,
		"The secret key has a space, a line end or a quote too many. Trim it where it is read.",
		"SecretKey 含多余的空格、换行或引号。请在读取时去除。",
	},
	{
		SignatureForm,
		"The signature is in another encoding: TC3 takes lower-case hexadecimal, v1 base64, " +
			"percent-encoded once in a query or form.",
		"签名编码不正确：TC3 为小写十六进制，v1 为 Base64，并在查询或表单中进行一次 URL 编" +
			"码。",
	},
	{
		Algorithm,
		"The other HMAC signed than the parameter SignatureMethod says: without it, it is " +
			"HmacSHA1.",
		"实际使用的 HMAC 算法与 SignatureMethod 不一致；未指定时为 HmacSHA1。",
	},
	{
		ParameterOrder,
		"The parameters were not sorted by the bytes of their names.",
		"参数未按名称的字节顺序排序。",
	},
	{
		ParameterEncoded,
		"The values were percent-encoded before they were signed. Sign them as they are, and " +
			"encode them for sending only.",
		"参数值在签名前进行了 URL 编码。请使用原始值签名，仅在发送时编码。",
	},
	{
		ParameterLeftOut,
		"Not all parameters were signed. All but Signature are, also those that are empty.",
		"部分参数未参与签名。除 Signature 外的所有参数（包括空值）都须签名。",
	},
	{
		QuestionMark,
		"A question mark has to stand between the path and the parameters.",
		"路径与参数之间须有一个问号。",
	},
	{
		UnknownKey,
		"No key that you may see has this SecretId. Check that it is not the secret key, and of " +
			"this server.",
		"没有您可见的密钥使用此 SecretId。请确认未与 SecretKey 混淆，且属于本服务器。",
	},
	{
		DisabledKey,
		"The key is disabled.",
		"密钥已被禁用。",
	},
	{
		TokenMissing,
		"The key is a temporary one and needs its token, in X-TC-Token or Token.",
		"临时密钥须携带 Token（X-TC-Token 或 Token）。",
	},
	{
		TokenInvalid,
		"The token is not this key's, or the key or role that it came from is no more.",
		"Token 不属于该密钥，或其来源密钥、角色已失效。",
	},
	{
		TokenExpired,
		"The temporary key has expired. Ask for another.",
		"临时密钥已过期，请重新申请。",
	},
	{
		TokenUnexpected,
		"The key is not a temporary one and takes no token.",
		"该密钥不是临时密钥，不应携带 Token。",
	},
	{
		AuthorizationForm,
		"The signature or what holds it cannot be read. The header is: TC3-HMAC-SHA256 " +
			"Credential=<SecretId>/<date>/<service>/tc3_request, SignedHeaders=<names>, " +
			"Signature=<64 hexadecimal digits>.",
		"无法解析签名或 Authorization。格式为：TC3-HMAC-SHA256 Credenti" +
			"al=<SecretId>/<日期>/<服务>/tc3_request, SignedHeaders" +
			"=<名称>, Signature=<64 位十六进制>。",
	},
}

// Causes are all names, in the order of the definition.
func Causes() []Cause {
	all := make([]Cause, len(texts))
	for i := range texts {
		all[i] = texts[i].cause
	}
	return all
}

// Explanation says in a language, "zh-CN" or, for anything else, English, what was
// found and what to do.
func (d *Diagnosis) Explanation(language string) string {
	chinese := language == "zh-CN"
	var sentences []string
	say := func(en, zh string) {
		if chinese {
			en = zh
		}
		sentences = append(sentences, en)
	}
	for _, cause := range d.Causes {
		for i := range texts {
			if texts[i].cause == cause {
				say(texts[i].en, texts[i].zh)
			}
		}
	}
	switch {
	case d.Matches && len(d.Causes) == 0:
		say("The signature is right. If the request was refused, its code says why.", "签名正确。若请求被拒绝，原因见返回的错误码。")
	case d.Matches:
		say("The signature is right.", "签名正确。")
	case d.Secretive:
		say("Its parameters were not remembered: diagnose it with RawRequest to have the signature looked into.",
			"未保留该请求的参数，请使用 RawRequest 诊断签名。")
	case d.searched && !d.Found:
		say("No known mistake gives this signature: most likely another secret key signed, or something else than what "+
			"arrived. Compare CanonicalRequest and StringToSign with what your client makes.",
			"没有已知错误能得到该签名：很可能使用了其他 SecretKey，或签名内容与到达的不同。请将 CanonicalRequest 和 StringToSign 与客户端的结果比较。")
	}
	if chinese {
		return strings.Join(sentences, "")
	}
	return strings.Join(sentences, " ")
}
