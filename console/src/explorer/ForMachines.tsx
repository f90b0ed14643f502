/** Items of a list: what describes all actions to programs. */
export function ForMachines() {
  return (
    <>
      <li>
        <a href="/openapi.json">OpenAPI 3.1</a>
      </li>
      <li>
        <a href="/postman.json">Postman</a>
      </li>
    </>
  );
}
