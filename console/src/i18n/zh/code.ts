import type { code as english } from "../en/code";
import type { Same } from "../same";

export const code: Same<typeof english> = {
  title: "本次调用的代码",
  language: "语言或工具",
  sdk: "使用",
  anyVersion: "的最新版本",
  tried_run: "每次发布前都会用此版本对 Tael 实际运行这类程序。",
  tried_parsed: "未实际运行:Tael 的测试环境无法安装该 SDK,仅检查了语法和参数。",
  keyFromEnvironment: "密钥取自环境变量 {{id}} 和 {{key}},不出现在代码中。",
  install: "安装(在空文件夹中)",
  program: "保存为 {{file}}",
  run: "运行",
  download: "下载",
  downloadThis: "下载 {{file}}",
  signedByPage: "由本页用其密钥签名(否则为自行签名的脚本)",
  signAgain: "重新签名",
  expired: "签名已过期。",
  unknownService: "{{client}} 不支持服务 {{service}},请使用 `tael call`。",
  note_rounded: "有数字的位数超出该语言浮点数的精度,发送时会被舍入。",
  note_noIdempotencyKey: "该客户端无法发送幂等键,`tael call` 可以。",
  note_noLanguage: "该客户端无法选择消息语言,消息使用服务器的默认语言。",
  note_httpsOnly: "该 SDK 只支持 HTTPS,而本服务器以明文 HTTP 提供服务:请为其配置证书。",
  note_otherSignature: "无论表单中如何选择,程序都使用 TC3-HMAC-SHA256 签名并以 POST 发送。",
  note_expires: "签名五分钟内有效,在此期间任何拿到该文本的人都可以发送此调用。",
  note_keyArgument: "openssl 以参数形式接收密钥:脚本运行期间,同一台机器上的其他人可以看到由您的密钥派生的密钥。",
  note_unsigned: "此接口不需要密钥。SDK 仍会签名:使用服务器认识的任意密钥即可。",
};
