import type { code as english } from "../en/code";
import type { Same } from "../same";

export const code: Same<typeof english> = {
  title: "이 호출의 코드",
  language: "언어 또는 도구",
  sdk: "사용:",
  anyVersion: "최신 버전",
  tried_run: "릴리스 전에 이 버전으로 이런 프로그램을 Tael에서 실제로 실행합니다.",
  tried_parsed: "실행하지 않음: Tael을 테스트하는 환경에 이 SDK를 설치할 수 없어 구문과 매개변수만 확인했습니다.",
  keyFromEnvironment: "키는 환경 변수 {{id}}와 {{key}}에서 가져오며 코드에는 들어 있지 않습니다.",
  install: "설치(빈 폴더에서)",
  program: "{{file}}(으)로 저장",
  run: "실행",
  download: "다운로드",
  downloadThis: "{{file}} 다운로드",
  signedByPage: "이 페이지의 키로 서명(해제하면 스스로 서명하는 스크립트)",
  signAgain: "다시 서명",
  expired: "서명이 만료되었습니다.",
  unknownService: "{{client}}은(는) 서비스 {{service}}를 모릅니다. `tael call`을 사용하세요.",
  note_rounded: "이 언어의 부동소수점 수가 담을 수 있는 것보다 자릿수가 많은 수가 있어 반올림되어 전송됩니다.",
  note_noIdempotencyKey: "이 클라이언트는 멱등성 키를 보낼 수 없습니다. `tael call`은 보낼 수 있습니다.",
  note_noLanguage: "이 클라이언트는 메시지 언어를 고를 수 없어 서버의 기본 언어로 나옵니다.",
  note_httpsOnly: "이 SDK는 HTTPS만 지원하지만 이 서버는 일반 HTTP로 접속되었습니다. 인증서를 설정하세요.",
  note_otherSignature: "양식에서 무엇을 고르든 프로그램은 TC3-HMAC-SHA256으로 서명하고 POST로 보냅니다.",
  note_expires: "서명은 5분 동안 유효합니다. 그동안 이 텍스트를 가진 사람은 누구나 호출을 보낼 수 있습니다.",
  note_keyArgument:
    "openssl은 키를 인수로 받습니다. 스크립트가 실행되는 동안 같은 컴퓨터의 다른 사용자가 파생된 키를 볼 수 있습니다.",
  note_unsigned: "이 작업에는 키가 필요 없습니다. SDK는 그래도 서명하므로 서버가 아는 아무 키나 쓰면 됩니다.",
};
