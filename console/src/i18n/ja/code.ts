import type { code as english } from "../en/code";
import type { Same } from "../same";

export const code: Same<typeof english> = {
  title: "この呼び出しのコード",
  language: "言語またはツール",
  sdk: "使用:",
  anyVersion: "の最新版",
  tried_run: "リリース前に、このバージョンで同様のプログラムを Tael に対して実際に実行しています。",
  tried_parsed: "未実行:Tael のテスト環境ではこの SDK をインストールできないため、構文とパラメータのみ確認しました。",
  keyFromEnvironment: "キーは環境変数 {{id}} と {{key}} から読み込まれ、コードには含まれません。",
  install: "インストール(空のフォルダで)",
  program: "{{file}} として保存",
  run: "実行",
  download: "ダウンロード",
  downloadThis: "{{file}} をダウンロード",
  signedByPage: "このページのキーで署名(オフにすると自分で署名するスクリプト)",
  signAgain: "署名し直す",
  expired: "署名の有効期限が切れました。",
  unknownService: "{{client}} はサービス {{service}} に対応していません。`tael call` を使ってください。",
  note_rounded: "この言語の浮動小数点数では表せない桁数の数値があり、丸めて送信されます。",
  note_noIdempotencyKey: "このクライアントは冪等キーを送れません。`tael call` なら送れます。",
  note_noLanguage: "このクライアントではメッセージの言語を選べず、サーバーの既定の言語になります。",
  note_httpsOnly:
    "この SDK は HTTPS のみ対応ですが、このサーバーには平文の HTTP で接続しています。証明書を設定してください。",
  note_otherSignature: "フォームの選択に関わらず、プログラムは TC3-HMAC-SHA256 で署名し POST で送信します。",
  note_expires: "署名は 5 分間有効です。その間、このテキストを持つ人は誰でも呼び出しを送れます。",
  note_keyArgument:
    "openssl はキーを引数で受け取ります。スクリプトの実行中、同じマシンの他の利用者から派生キーが見えることがあります。",
  note_unsigned: "このアクションにキーは不要です。SDK は署名しますが、サーバーが知っているキーなら何でも構いません。",
};
