import type { signature as english } from "../en/signature";
import type { Same } from "../same";

export const signature: Same<typeof english> = {
  title: "署名の手順",
  intro:
    "フォームの呼び出しが実際の値でどう署名されるかを示します。すべてこのページの中で計算され、SecretKey " +
    "は送信されません。各手順をプログラムの結果と比べてください。最初に異なる手順が原因です。",
  inputs: "署名の条件",
  method: "署名方式",
  http: "HTTP メソッド",
  time: "時刻",
  timeNow: "現在",
  timeFixed: "固定",
  timestamp: "タイムスタンプ（Unix 秒）",
  timestampWrong: "1970 年からの秒数（整数）。例: 1795305600。",
  again: "時刻を取り直す",
  utc: "{{time}} UTC",
  token: "トークン（一時キーのみ）",
  nonce: "Nonce",
  nonceWrong: "19 桁以下の正の整数。",
  signedHeaders: "追加で署名するヘッダー",
  alwaysSigned: "content-type と host は必ず署名されます。",
  unsigned: "本文を署名に含めない（UNSIGNED-PAYLOAD）",
  noKey:
    "キーがまだありません。キーが必要な手順にはプレースホルダーを表示します。キーを入力するとすべて表示さ" + "れます。",
  placeholder: "⟨SecretKey が必要⟩",
  computing: "署名しています…",
  failed: "呼び出しに署名できません: {{reason}}",
  madeOf: "構成要素",
  mistakes: "よくある間違い",
  empty: "（空）",
  secretWarning: "公開しないでください。これを持つ人は、その日の終わりまであなたの名前で署名できます。",
  inHex: "同じバイト列の 16 進表記",
  sent: "ブラウザーが送る内容",
  sentNote:
    "ブラウザーはページのアドレスから Host を決め、Accept、Origin、User-Agent などのヘッダーを自分で加え" +
    "ます。上にないヘッダーは署名されません。プログラムが同じリクエストを送れば結果も同じです。",
  validUntil: "この署名は {{from}} から {{to}} まで（UTC）有効です。",
  title_hashedPayload: "本文のハッシュ",
  about_hashedPayload: "本文のバイト列の SHA-256、小文字の 16 進表記。GET には本文がないので空の内容のハッシュです。",
  mistakes_hashedPayload:
    "署名用と送信用に JSON を二度作り、空白や順序が変わっています。一度だけ作り、そのバイト列を使ってくだ" + "さい。",
  title_canonicalRequest: "正規リクエスト",
  about_canonicalRequest:
    "決まった形で書いたリクエスト: メソッド、パス、クエリ、署名するヘッダー、空行、ヘッダー名、本文のハッ" + "シュ。",
  mistakes_canonicalRequest:
    "host のポートがない、または送っていないポートが付いている。HTTP ライブラリが Content-Type に charset" +
    " を加える。コロンの後の空白。空行がない。最後の行の後に改行がある。",
  title_hashedCanonicalRequest: "正規リクエストのハッシュ",
  about_hashedCanonicalRequest: "上のテキストの SHA-256、小文字の 16 進表記。",
  mistakes_hashedCanonicalRequest: "ハッシュが大文字になっている、または改行が \\r\\n になっている。",
  title_stringToSign: "署名対象文字列",
  about_stringToSign: "4 行: アルゴリズム、タイムスタンプ、認証情報のスコープ、上のハッシュ。",
  mistakes_stringToSign:
    "現地の日付を使っている（北京時間の 0 時から 8 時は UTC の日付と異なります）。タイムスタンプがミリ秒、" +
    "または X-TC-Timestamp と異なる。サービスがアクションのものではない。",
  title_stringToSignV1: "署名対象文字列",
  about_stringToSignV1:
    "メソッド、ホスト、パス、疑問符、& でつないだ並べ替え済みのパラメーター。値はパーセントエンコードせず、" +
    "そのまま使います。",
  mistakes_stringToSignV1:
    "署名の前に値をパーセントエンコードしている。POST を GET として署名している。ホストにポートがない。",
  title_secretDate: "日付のキー",
  about_secretDate: "TC3 と SecretKey をつないだものをキーとして、日付に対して計算した HMAC-SHA256。",
  mistakes_secretDate: "TC3 がない、または SecretKey の末尾に改行がある。",
  title_secretService: "サービスのキー",
  about_secretService: "前のキーのバイト列をキーとして、サービス名に対して計算した HMAC-SHA256。",
  mistakes_secretService: "前のキーのバイト列ではなく 16 進表記のテキストをキーにしている。",
  title_secretSigning: "署名キー",
  about_secretSigning: "前のキーのバイト列をキーとして、tc3_request に対して計算した HMAC-SHA256。",
  mistakes_secretSigning: "HMAC 関数の引数が逆になっている。テキストが先の関数も、キーが先の関数もあります。",
  title_signature: "署名",
  about_signature: "署名キーのバイト列をキーとして、署名対象文字列に対して計算した HMAC-SHA256、小文字の 16 進表記。",
  mistakes_signature: "Base64 にしている。必要なのは古い方式だけです。",
  title_signatureV1: "署名",
  about_signatureV1: "SecretKey そのものをキーとして、署名対象文字列に対して計算した HMAC、Base64。",
  mistakes_signatureV1: "SHA-256 で計算したのに SignatureMethod を送っていない。ない場合は HmacSHA1 の意味になります。",
  title_authorization: "Authorization ヘッダー",
  about_authorization: "リクエストに載せる内容: キーの ID、スコープ、署名したヘッダー名、署名。",
  mistakes_authorization: "ここの日付が署名した日付と異なる、または送っていないヘッダーが書かれている。",
  title_sortedParameters: "並べ替えたパラメーター",
  about_sortedParameters:
    "Signature 以外のすべてのパラメーター（共通とアクション）を展開し、名前のバイト順に並べたもの。",
  mistakes_sortedParameters:
    "数として並べている（List.12 は List.2 より前です）。空のパラメーターを送っているのに署名に含めていな" + "い。",
  title_encodedSignature: "パーセントエンコードした署名",
  about_encodedSignature: "クエリまたはフォームに入る形。リクエストを組み立てる最後に行います。",
  mistakes_encodedSignature: "+ をエンコードせず空白として届く、または二重にエンコードしている。",
  origin_method: "HTTP メソッド、大文字",
  origin_path: "パス。TC3 では常に /",
  origin_query: "送ったままのクエリ。POST では空",
  origin_contentType: "送ったままの Content-Type ヘッダー",
  origin_host: "送ったままの Host ヘッダー、ポートを含む",
  origin_header: "追加で署名したヘッダー、小文字",
  origin_emptyLine: "ヘッダーの後の空行",
  origin_signedHeaders: "署名したヘッダー名、並べ替え済み",
  origin_payloadHash: "本文のハッシュ",
  origin_algorithm: "アルゴリズム",
  origin_timestamp: "X-TC-Timestamp",
  origin_date: "タイムスタンプの UTC の日付",
  origin_service: "アクションのサービス",
  origin_terminator: "常に tc3_request",
  origin_canonicalHash: "正規リクエストのハッシュ",
  origin_secretId: "SecretId",
  origin_signature: "署名",
  origin_parameters: "並べ替えたパラメーター",
};
